export { StatisticsPage as Page } from './statistics.page';
