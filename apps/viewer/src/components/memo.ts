import { Component, h, type ComponentChild, type FunctionComponent } from 'preact';

/** A component that is drawn again only when a prop has changed; rows of long lists need it to scroll smoothly. */
export function memo<P extends object>(
  drawn: FunctionComponent<P>,
): new (props: P) => Component<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const now = this.props as Record<string, unknown>;
      return Object.entries(next).some(([name, value]) => now[name] !== value);
    }
    override render(): ComponentChild {
      return h(drawn, this.props as P);
    }
  };
}
