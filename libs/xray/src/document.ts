/** The one door to libs/document: a relative path, so that the published package contains it. */
export * from '../../document/src';
