import type { Finding } from './finding.js';

const WIDTH = Math.max(...['ok', 'note', 'warning', 'error'].map((level) => level.length));

/** One line for each finding, and a summary. */
export const lines = (findings: readonly Finding[]): string => [...findings.map(lineOf), summary(findings)].join('\n');

const lineOf = (finding: Finding): string => {
  const remedy = 'remedy' in finding ? ` -> ${finding.remedy}` : '';
  return `${finding.level.padEnd(WIDTH)}  ${finding.check}: ${finding.text}${remedy}`;
};

function summary(findings: readonly Finding[]): string {
  const count = (wanted: Finding['level']) => findings.filter(({ level }) => level === wanted).length;
  return `${count('error')} errors, ${count('warning')} warnings`;
}

export const json = (findings: readonly Finding[]): string => JSON.stringify({ findings }, undefined, 2);

/** 1 if there is an error. */
export const exitCodeOf = (findings: readonly Finding[]): number =>
  findings.some(({ level }) => level === 'error') ? 1 : 0;
