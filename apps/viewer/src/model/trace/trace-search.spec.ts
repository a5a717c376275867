import { arrival, highlight, search, troubles } from './trace-search';
import { buildTree } from '@nestjs-xray/trace';

const at = { start_time: 1000, end_time: 1001 };
const tree = buildTree(
  {
    id: '1',
    segments: [
      {
        id: 'a'.repeat(16),
        trace_id: '1',
        name: 'api',
        ...at,
        fault: true,
        subsegments: [
          { id: 'b'.repeat(16), name: 'Users.find', ...at, annotations: { handle: 'bayko' } },
          {
            id: 'c'.repeat(16),
            name: 'db',
            ...at,
            error: true,
            sql: { sanitized_query: 'SELECT 1 FROM users' },
          },
          {
            id: 'd'.repeat(16),
            name: 'Push',
            ...at,
            fault: true,
            cause: { exceptions: [{ id: '1', type: 'TypeError', message: 'no Attributes' }] },
          },
        ],
      },
    ],
    orphans: [],
  },
  1001,
);
const names = (words: string): string[] => search(tree, words).map((node) => node.name);

describe('search', () => {
  it('searches names, annotations, statements and exceptions, in upper and lower case', () => {
    expect(names('users')).toEqual(['Users.find', 'db']);
    expect(names('HANDLE=bay')).toEqual(['Users.find']);
    expect(names('attributes')).toEqual(['Push']);
    expect(names('   ')).toEqual([]);
  });

  it('treats brackets and stars as text', () => {
    expect(names('.*')).toEqual([]);
  });
});

describe('highlight', () => {
  it('marks each match', () => {
    expect(highlight('UsersService.users', 'users')).toEqual([
      { text: 'Users', hit: true },
      { text: 'Service.', hit: false },
      { text: 'users', hit: true },
    ]);
  });
});

describe('errors and faults', () => {
  it('are listed in the order of the waterfall', () => {
    expect(troubles(tree).map((node) => node.name)).toEqual(['api', 'db', 'Push']);
    expect(troubles(tree, 'error').map((node) => node.name)).toEqual(['db']);
  });

  it('are selected when the page opens, where the worst began', () => {
    expect(arrival(tree)?.name).toBe('Push');
  });
});
