/**
 * The only import of libs/document. The path is relative, so that the published package contains
 * it.
 */
export * from '../../document/src';
