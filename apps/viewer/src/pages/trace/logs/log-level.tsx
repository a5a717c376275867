import type { LogLevel } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { Glyph, type GlyphName } from '../../../components/status';
import style from './logs.module.css';

const GLYPHS: Record<LogLevel, GlyphName> = {
  debug: 'note',
  info: 'note',
  warn: 'error',
  error: 'fault',
};

/** The shape of a log level, in its colour. The level is also named beside it or in its label. */
export function LevelGlyph({ level }: { level: LogLevel }): JSX.Element {
  return (
    <span class={style[level]}>
      <Glyph name={GLYPHS[level]} />
    </span>
  );
}
