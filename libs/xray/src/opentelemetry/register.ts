import { Logger } from '@nestjs/common';
import { context, propagation, trace, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { setOutgoingBaggage } from '../core/propagation';
import { formatBaggage } from './baggage-header';
import { BridgeContextManager } from './context-manager';
import { BridgePropagator } from './propagator';
import { BridgeTracer } from './tracer';

/** Where the API keeps what was registered, whichever copy of it did. */
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
 * Has everything in this process that speaks the OpenTelemetry API record in our traces. Where
 * another SDK was registered before, it says so once and changes nothing.
 */
export function register(): void {
  const api = ((globalThis as Record<symbol, unknown>)[API] ?? {}) as Registered;
  if (api[OURS] === true) return;
  if (api.trace !== undefined || api.context !== undefined) {
    new Logger('XrayModule').warn(
      "'nestjs-xray/opentelemetry' steps back: another OpenTelemetry SDK is registered already, " +
        'and the spans of the OpenTelemetry API stay with it. To have them in the traces of ' +
        'nestjs-xray, do not start that SDK.',
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
