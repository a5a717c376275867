export { RoutesPage as Page } from './routes.page';
