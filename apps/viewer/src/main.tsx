import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import { connect } from './api/live';
import { App } from './app';

// The list of traces restores its place itself: its rows are not there yet when a browser would.
history.scrollRestoration = 'manual';
connect();
const root = document.getElementById('app');
if (root) render(<App />, root);
