// Draws how the CPU time of queries grows with the number of traces, for light and dark pages:
// node bench/local-xray/scale.mjs 100000 1000000 | node bench/local-xray/growth.mjs > docs/images/local-xray-growth.svg
import { readFileSync } from 'node:fs';

const input = readFileSync(0, 'utf8');
// The output of the server that the measurement starts precedes the JSON.
const results = JSON.parse(input.slice(input.search(/^\[/m)));
const SHOWN = [
  'first page',
  'by annotation, one in 30',
  'slowest first',
  'slowest of an annotation',
  'heat map of all',
  'routes of all',
  'errors of all',
  'queries of all',
  'graph of all',
];
const WIDTH = 760;
const HEIGHT = 380;
const LEFT = 60;
const RIGHT = 230;
const TOP = 20;
const BOTTOM = 40;
/** Colours on a white background, and on a black one. */
const COLOURS = [
  ['#1f5fa8', '#6ab0f3'],
  ['#b3261e', '#f28b82'],
  ['#1e7a34', '#7bd08f'],
  ['#7b3fa0', '#c79be6'],
  ['#a85400', '#f5a95c'],
  ['#00707f', '#58d0e0'],
  ['#6b4a3e', '#c9a89c'],
  ['#555555', '#bbbbbb'],
  ['#737300', '#d8d85a'],
];

const sizes = results.map(({ traces }) => traces);
const names = SHOWN.filter((name) => name in results[0].cpu);
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
/** Places names beside the ends of their lines, far enough apart to be readable. */
const last = results[results.length - 1].cpu;
const order = [...names].sort((a, b) => last[a] - last[b]);
let below = HEIGHT;
const places = new Map();
for (const name of order)
  places.set(name, (below = Math.min(y(Math.max(1, last[name])) + 4, below - 15)));
const curves = names.map((name, at) => {
  const points = results.map(({ traces, cpu }) => `${x(traces)},${y(Math.max(1, cpu[name]))}`);
  const dots = points.map((point) => {
    const [cx, cy] = point.split(',');
    return `<circle cx="${cx}" cy="${cy}" r="3" class="f${at}"/>`;
  });
  return `<polyline points="${points.join(' ')}" fill="none" class="s${at}" stroke-width="2"/>${dots.join('')}${text(WIDTH - RIGHT + 10, places.get(name), name, `class="f${at}"`)}`;
});
const styles = (theme) =>
  names.map((_, at) => {
    const colour = COLOURS[at % COLOURS.length][theme];
    return `.f${at}{fill:${colour}}.s${at}{stroke:${colour}}`;
  });
console.log(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#767676">
<style>${styles(0).join('')}@media (prefers-color-scheme: dark){${styles(1).join('')}}</style>
${[...lines, ...axis, ...curves].join('\n')}
</svg>`,
);
