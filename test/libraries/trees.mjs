import assert from 'node:assert/strict';
import { until } from './until.mjs';

/**
 * Waits until a local X-Ray has all of a trace that the application recorded, and gives it as a
 * tree: by id, the name, the parent and what else the waterfall and the service map are made of.
 */
export async function treeOf(localXray, traceId, recorded) {
  const size = nodesOf(recorded).size;
  const found = await until(async () => {
    const nodes = nodesOf(await localXray.segments(traceId));
    return nodes.size >= size && nodes;
  });
  assert.equal(found.size, size);
  return found;
}

function nodesOf(documents) {
  const nodes = new Map();
  const add = (node, parent) => {
    const { id, name, namespace, error, fault, throttle, http, sql, links } = node;
    const milliseconds = (seconds) => Math.round(seconds * 1e3);
    nodes.set(id, {
      ...{ name, parent, namespace, error, fault, throttle },
      times: [milliseconds(node.start_time), milliseconds(node.end_time)],
      status: http?.response?.status,
      statement: sql?.sanitized_query,
      exceptions: node.cause?.exceptions?.map(({ type, message }) => `${type}: ${message}`),
      links: links?.map((link) => link.id),
    });
    node.subsegments?.forEach((each) => add(each, id));
  };
  documents.forEach((each) => add(each, each.parent_id));
  // In the order of ids: roads differ in what comes first.
  return new Map([...nodes].sort(([one], [other]) => (one < other ? -1 : 1)));
}
