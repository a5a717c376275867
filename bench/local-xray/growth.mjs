// Draws how queries grow: node bench/local-xray/scale.mjs 20000 100000 | node bench/local-xray/growth.mjs > docs/images/local-xray-growth.svg
import { readFileSync } from 'node:fs';

const results = JSON.parse(readFileSync(0, 'utf8'));
const WIDTH = 760;
const HEIGHT = 380;
const LEFT = 60;
const RIGHT = 230;
const TOP = 20;
const BOTTOM = 40;
const COLOURS = [
  '#1f77b4',
  '#d62728',
  '#2ca02c',
  '#9467bd',
  '#ff7f0e',
  '#17becf',
  '#8c564b',
  '#7f7f7f',
  '#bcbd22',
];

const sizes = results.map(({ traces }) => traces);
const names = Object.keys(results[0].p95);
const scale = (from, to, low, high) => (value) =>
  low +
  ((Math.log10(value) - Math.log10(from)) / (Math.log10(to) - Math.log10(from) || 1)) *
    (high - low);
const x = scale(sizes[0], sizes[sizes.length - 1], LEFT, WIDTH - RIGHT);
const y = scale(1, 10_000, HEIGHT - BOTTOM, TOP);
const text = (at, up, value, more = '') => `<text x="${at}" y="${up}" ${more}>${value}</text>`;

const lines = [1, 10, 100, 1000, 10_000].flatMap((ms) => [
  `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(ms)}" y2="${y(ms)}" stroke="#8884"/>`,
  text(LEFT - 8, y(ms) + 4, ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`, 'text-anchor="end"'),
]);
const axis = sizes.map((size) =>
  text(x(size), HEIGHT - BOTTOM + 20, size.toLocaleString('en'), 'text-anchor="middle"'),
);
/** Names beside the ends of their lines, far enough apart to be read. */
const last = results[results.length - 1].p95;
const order = [...names].sort((a, b) => last[a] - last[b]);
let below = HEIGHT;
const places = new Map();
for (const name of order)
  places.set(name, (below = Math.min(y(Math.max(1, last[name])) + 4, below - 15)));
const curves = names.map((name, at) => {
  const colour = COLOURS[at % COLOURS.length];
  const points = results.map(({ traces, p95 }) => `${x(traces)},${y(Math.max(1, p95[name]))}`);
  const dots = points.map((point) => {
    const [cx, cy] = point.split(',');
    return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`;
  });
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}${text(WIDTH - RIGHT + 10, places.get(name), name, `fill="${colour}"`)}`;
});
console.log(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#888">
${[...lines, ...axis, ...curves].join('\n')}
</svg>`,
);
