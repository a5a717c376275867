export { QueriesPage as Page } from './queries.page';
