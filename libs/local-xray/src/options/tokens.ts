/** Injects the resolved options. */
export const LOCAL_XRAY_OPTIONS = Symbol('LocalXrayOptions');
