/**
 * Runs expectations of a page again and again until they hold; when time is up, the last failure is thrown.
 * What a page shows follows a click, a key or an address only once the server, or the next frame, has answered.
 */
export async function soon(expectations: () => unknown, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      await expectations();
      return;
    } catch (failure) {
      if (performance.now() > deadline) throw failure;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
