export { describeInChromium, launchChromium } from '../../../test/support/chromium';
