export { TracePage as Page } from './trace.page';
