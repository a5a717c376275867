import type { FunctionComponent } from 'preact';
import type { Route } from './router';

/** The props of each page. The file of a page exports its component as `Page`. */
export interface PageProps {
  route: Route;
}

export type PageModule = { Page: FunctionComponent<PageProps> };
