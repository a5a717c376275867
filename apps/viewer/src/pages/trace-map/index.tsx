export { TraceMapPage as Page } from './trace-map.page';
