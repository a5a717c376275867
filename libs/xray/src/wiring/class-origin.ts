import { placesOf, type Place } from './class-place';
import { CodeFile, isInPackage } from './code-file';

/** Where a class was written: in the application, in a package, or unknown. */
export type Origin = 'application' | 'package' | 'unknown';

/**
 * Finds out where each of `classes` comes from. Takes a few milliseconds, once at startup.
 *
 * For a bundle, the source map is used, or the paths that esbuild writes above each file.
 */
export function originsOf(classes: readonly object[]): Origin[] {
  if (classes.length === 0) return [];
  try {
    const bundles = new Map<string, CodeFile>();
    return placesOf(classes).map((place) => (place ? originOf(place, bundles) : 'unknown'));
  } catch {
    // Node was built without an inspector.
    return classes.map(() => 'unknown');
  }
}

function originOf(place: Place, bundles: Map<string, CodeFile>): Origin {
  if (isInPackage(place.file)) return 'package';
  let bundle = bundles.get(place.file);
  if (bundle === undefined) bundles.set(place.file, (bundle = new CodeFile(place.file)));
  const source = bundle.sourceOf(place);
  if (source !== undefined) return isInPackage(source) ? 'package' : 'application';
  return bundle.hasPackages ? 'unknown' : 'application';
}
