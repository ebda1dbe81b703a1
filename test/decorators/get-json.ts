/** Returns the parsed body of a response. */
export async function getJson(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}
