import { insert } from './filter-insert';

describe('insert', () => {
  it.each([
    ['fa', 0, 2, 'fault', { text: 'fault ', caret: 6 }],
    ['service(', 8, 8, '"backend"', { text: 'service("backend" ', caret: 18 }],
    ['ser', 0, 3, 'service(', { text: 'service(', caret: 8 }],
    ['us = "x"', 0, 2, 'user', { text: 'user = "x"', caret: 5 }],
    ['user =', 6, 6, '"ada"', { text: 'user = "ada" ', caret: 13 }],
  ])('inserts into %j from %d to %d the choice %s', (text, from, to, choice, written) => {
    expect(insert(text, from, to, choice)).toEqual(written);
  });
});
