// Opens the event stream while the code of the page is loading. Pages wait for the stream before they read anything.
window.localXrayEvents = new EventSource('/console/events');
