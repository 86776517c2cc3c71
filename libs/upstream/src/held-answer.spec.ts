import { describe, expect, it, vi } from 'vitest';
import type { Receiver } from '@slipstream/http';
import { HeldAnswer } from './held-answer.js';

function recorder(isFull = false): Receiver & { heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    isGone: false,
    inform: () => {},
    begin: (status, headers) => void heard.push(`${status} ${headers.join(' ')}`),
    write: (chunk) => (heard.push(chunk.toString()), !isFull),
    flush: () => void heard.push('flush'),
    end: () => void heard.push('end'),
    breakOff: () => void heard.push('broken'),
    refuse: () => void heard.push('refused'),
  };
}

function held() {
  const onHeld = vi.fn();
  const answer = new HeldAnswer('http://a', onHeld);
  answer.begin(500, ['a', 'b'], false);
  answer.write(Buffer.from('one'));
  return { answer, onHeld };
}

describe('a held answer', () => {
  it('is passed on as it came, and then as it comes', () => {
    const { answer, onHeld } = held();
    const to = recorder();
    answer.flush();
    answer.passTo(to);
    expect(to.heard).toEqual(['500 a b', 'one', 'flush']);
    expect(answer.write(Buffer.from('two'))).toBe(true);
    answer.end();
    expect(to.heard.slice(3)).toEqual(['two', 'end']);
    expect(onHeld).toHaveBeenCalledExactlyOnceWith(answer);
  });

  it.each<[string, (answer: HeldAnswer) => void, string]>([
    ['ended', (answer) => answer.end(), 'end'],
    ['broke off', (answer) => answer.breakOff(new Error('x')), 'broken'],
  ])('that %s before is announced, and passed on so', (_, finish, last) => {
    const { answer, onHeld } = held();
    const to = recorder();
    finish(answer);
    expect(onHeld).toHaveBeenCalledOnce();
    answer.passTo(to);
    expect(to.heard).toEqual(['500 a b', 'one', last]);
  });

  it('waits at its backend from 64 KiB on, and goes on when it is passed on', () => {
    const { answer } = held();
    expect(answer.write(Buffer.alloc(65_536))).toBe(false);
    const resume = (answer.onWritable = vi.fn());
    const full = recorder(true);
    answer.passTo(full);
    expect(resume).not.toHaveBeenCalled();
    full.onWritable?.();
    expect(resume).toHaveBeenCalledOnce();
  });

  it('that is dropped goes on to its end, or is broken off beyond 64 KiB', () => {
    const { answer } = held();
    const gone = (answer.onGone = vi.fn());
    answer.drop();
    expect(answer.write(Buffer.alloc(65_536))).toBe(true);
    expect(gone).not.toHaveBeenCalled();
    answer.write(Buffer.from('x'));
    expect(gone).toHaveBeenCalledOnce();
    answer.end();
  });

  it('ends at its backend when its client leaves', () => {
    const { answer } = held();
    const gone = (answer.onGone = vi.fn());
    const to = recorder();
    answer.passTo(to);
    to.onGone?.();
    expect(gone).toHaveBeenCalledOnce();
  });
});
