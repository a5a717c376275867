export { TracesPage as Page } from './traces.page';
