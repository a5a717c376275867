export { ErrorsPage as Page } from './errors.page';
