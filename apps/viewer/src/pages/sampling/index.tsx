export { SamplingPage as Page } from './sampling.page';
