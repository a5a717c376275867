import { XrayService } from 'nestjs-xray';

let service: XrayService | undefined;

export function markWith(xray: XrayService): void {
  service = xray;
}

/** Says in the trace which method of the fixture this is: the test looks for the same text. */
export function mark(text: string, ..._args: unknown[]): number {
  service?.metadata('mark', text);
  return 1;
}
