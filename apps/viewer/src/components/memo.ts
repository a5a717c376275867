import { Component, h, type ComponentChild, type FunctionComponent } from 'preact';

/** Renders a component again only if a prop has changed. Rows of long lists need this to scroll smoothly. */
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
