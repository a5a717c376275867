export { ComparePage as Page } from './compare.page';
