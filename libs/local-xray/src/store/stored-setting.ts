export type SettingKind =
  | 'group'
  | 'sampling-rule'
  | 'tags'
  | 'encryption'
  | 'resource-policy'
  | 'indexing-rule'
  | 'segment-destination';

/** A row of the table of settings; `body` is JSON. */
export interface StoredSetting {
  kind: SettingKind;
  name: string;
  body: string;
}
