export { FlamePage as Page } from './flame.page';
