/**
 * `import 'nestjs-xray/opentelemetry'`, in the first line of the application: from then on all that
 * speaks the OpenTelemetry API, such as the instrumentation libraries for Redis, MySQL, MongoDB or
 * Kafka, records in the traces of this package, and these in theirs. No SDK of OpenTelemetry is
 * needed; `registerInstrumentations` of @opentelemetry/instrumentation works as usual.
 */
import { register } from './register';

register();
