import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { IconButton } from './button';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const ICONS = { system: 'theme', light: 'sun', dark: 'moon' } as const;

function saved(): Theme {
  const set = document.documentElement.dataset.theme;
  return set === 'light' || set === 'dark' ? set : 'system';
}

/** Switches between the theme of the system, light and dark. The choice is stored. */
export function ThemeButton(): JSX.Element {
  const [theme, setTheme] = useState(saved);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    window.dispatchEvent(new Event('xray:theme'));
  }, [theme]);
  const next = (): void => {
    const to = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
    setTheme(to);
    try {
      localStorage.setItem('theme', to);
    } catch {
      // Without storage, as in some private windows, the choice lasts until the page is left.
    }
  };
  return <IconButton icon={ICONS[theme]} label={`Theme: ${theme}`} onClick={next} />;
}

/** A number that changes with the theme, so that canvases are drawn again. */
export function useThemeVersion(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const changed = (): void => setVersion((now) => now + 1);
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', changed);
    window.addEventListener('xray:theme', changed);
    return () => {
      system.removeEventListener('change', changed);
      window.removeEventListener('xray:theme', changed);
    };
  }, []);
  return version;
}

/** Resolves design tokens such as `--fault` under `element` to colours that a canvas accepts. */
export function tokenColours<K extends string>(
  element: HTMLElement,
  names: readonly K[],
): Record<K, string> {
  const probe = document.createElement('i');
  element.append(probe);
  const colours = {} as Record<K, string>;
  for (const name of names) {
    probe.style.color = `var(--${name})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return colours;
}
