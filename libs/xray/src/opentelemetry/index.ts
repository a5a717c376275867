/**
 * Import this first in the application: `import 'nestjs-xray/opentelemetry'`. Everything that uses
 * the OpenTelemetry API, such as the instrumentation libraries for Redis, MySQL, MongoDB or Kafka,
 * then records its spans in the traces of this package. No OpenTelemetry SDK is needed;
 * `registerInstrumentations` of @opentelemetry/instrumentation works as usual.
 */
import { register } from './register';

register();
