import type { FunctionComponent } from 'preact';
import type { Route } from './router';

/** What each page gets; its file exports it as `Page`. */
export interface PageProps {
  route: Route;
}

export type PageModule = { Page: FunctionComponent<PageProps> };
