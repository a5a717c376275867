import { request } from './client';

/** A group as X-Ray's API returns it: a filter expression with a name. */
export interface Group {
  GroupName: string;
  GroupARN?: string;
  FilterExpression?: string;
}

/** Reads and changes groups through the X-Ray API, so that the AWS CLI sees the same ones. */
export const groups = {
  async list(): Promise<Group[]> {
    const all: Group[] = [];
    let NextToken: string | undefined;
    do {
      const page: { Groups?: Group[]; NextToken?: string } = await request('POST', '/Groups', {
        NextToken,
      });
      all.push(...(page.Groups ?? []));
      NextToken = page.NextToken;
    } while (NextToken);
    return all.filter((group) => group.GroupName !== 'Default');
  },
  create: (GroupName: string, FilterExpression: string) =>
    request<{ Group: Group }>('POST', '/CreateGroup', { GroupName, FilterExpression }),
  update: (GroupName: string, FilterExpression: string) =>
    request<{ Group: Group }>('POST', '/UpdateGroup', { GroupName, FilterExpression }),
  delete: (GroupName: string) => request<unknown>('POST', '/DeleteGroup', { GroupName }),
};
