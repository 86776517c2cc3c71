import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * CycloneDX bill of what an image holds: each npm package that lies in it, Node, and the Debian packages of its files.
 * @param {{app: string, home: string, nodeVersion: string, debianFiles: string[]}} image
 * @returns {object}
 */
export function billOfMaterials({ app, home, nodeVersion, debianFiles }) {
  const { name, version } = readPackage(join(home, 'apps', app));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name, version, 'bom-ref': name } },
    components: [
      { type: 'platform', name: 'node', version: nodeVersion, purl: `pkg:generic/node@${nodeVersion}` },
      ...npmPackages(home).map(npmComponent),
      ...debianPackages(debianFiles).map(debianComponent),
    ],
  };
}

/** Each package once, though links of workspaces show it by several paths. */
function npmPackages(home) {
  const packages = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === 'package.json')
    .map(({ parentPath }) => readPackage(parentPath))
    .filter(({ name, version }) => name !== undefined && version !== undefined);
  return [...new Map(packages.map((each) => [`${each.name}@${each.version}`, each])).values()];
}

const readPackage = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

const npmComponent = ({ name, version, license }) => ({
  type: 'library',
  name,
  version,
  purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
  ...(typeof license === 'string' ? { licenses: [{ expression: license }] } : {}),
});

/** Name and version of each package that one of the files belongs to. */
function debianPackages(files) {
  const owners = files.flatMap((file) => {
    // dpkg knows files by the paths before /lib became a link to /usr/lib.
    const paths = [file, file.replace(/^\/usr/, '')];
    return paths.flatMap((path) => {
      try {
        return execFileSync('dpkg-query', ['-S', path], { encoding: 'utf8', stdio: 'pipe' }).split(':')[0];
      } catch {
        return [];
      }
    });
  });
  return [...new Set(owners)].map((name) => ({
    name,
    version: execFileSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8' }),
  }));
}

const debianComponent = ({ name, version }) => ({
  type: 'library',
  name,
  version,
  purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}`,
});
