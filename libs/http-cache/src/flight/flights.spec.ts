import { expect, it } from 'vitest';
import { requestOf } from '../testing/requests.js';
import type { Flight } from './flight.js';
import { Flights } from './flights.js';

const flightOf = (isOpen: boolean) => ({ isOpenTo: () => isOpen }) as unknown as Flight;

it('finds the newest flight of a key, if it is open', () => {
  const flights = new Flights();
  const [old, open, closed] = [flightOf(true), flightOf(true), flightOf(false)];
  flights.add('a', old);
  flights.add('a', open);
  flights.add('b', closed);
  flights.remove('a', old); // it isn't there any more
  expect([
    flights.joinable('a', requestOf()),
    flights.joinable('b', requestOf()),
    flights.joinable('c', requestOf()),
    flights.size,
  ]).toEqual([open, undefined, undefined, 2]);
  flights.remove('a', open);
  expect(flights.size).toBe(1);
});
