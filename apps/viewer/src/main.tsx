import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import { connect } from './api/live';
import { App, preload } from './app';
import { parseRoute } from './model/address';

// The list of traces restores its scroll position itself: the browser would do so before there are rows.
history.scrollRestoration = 'manual';
connect();
const { page } = parseRoute(location.pathname, location.search);
if (page !== 'unknown') preload(page);
const root = document.getElementById('app');
if (root) render(<App />, root);
