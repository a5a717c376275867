import { Logger } from '@nestjs/common';
import { context, propagation, trace, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { setOutgoingBaggage } from '../core/propagation';
import { formatBaggage } from './baggage-header';
import { BridgeContextManager } from './context-manager';
import { BridgePropagator } from './propagator';
import { BridgeTracer } from './tracer';

/** Where the API stores its global registrations, shared by all copies of the API. */
const API = Symbol.for('opentelemetry.js.api.1');
const OURS = Symbol.for('nestjs-xray.opentelemetry.1');

interface Registered {
  trace?: object;
  context?: object;
  [OURS]?: true;
}

class BridgeTracerProvider implements TracerProvider {
  getTracer(name: string, version?: string): Tracer {
    return new BridgeTracer({ name, ...(version !== undefined && { version }) });
  }
}

/**
 * Registers this package as the implementation of the OpenTelemetry API in this process. If another
 * SDK is already registered, logs one warning and changes nothing.
 */
export function register(): void {
  const api = ((globalThis as Record<symbol, unknown>)[API] ?? {}) as Registered;
  if (api[OURS] === true) return;
  if (api.trace !== undefined || api.context !== undefined) {
    new Logger('XrayModule').warn(
      "'nestjs-xray/opentelemetry' is ignored: another OpenTelemetry SDK is already registered and " +
        'receives the spans of the OpenTelemetry API. To record them in the traces of nestjs-xray, do ' +
        'not start that SDK.',
    );
    return;
  }
  context.setGlobalContextManager(new BridgeContextManager().enable());
  trace.setGlobalTracerProvider(new BridgeTracerProvider());
  propagation.setGlobalPropagator(new BridgePropagator());
  ((globalThis as Record<symbol, unknown>)[API] as Registered)[OURS] = true;
  setOutgoingBaggage(() => {
    const baggage = propagation.getActiveBaggage();
    return baggage && formatBaggage(baggage);
  });
}
