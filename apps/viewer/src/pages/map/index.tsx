export { MapPage as Page } from './map.page';
