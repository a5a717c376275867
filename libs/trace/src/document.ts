/** The only import of libs/document: a relative path, so that published packages contain it. */
export type * from '../../document/src';
