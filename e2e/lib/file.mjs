// Files as a browser saves them.
export async function download(page, link) {
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const stream = await file.createReadStream();
  return { name: file.suggestedFilename(), text: Buffer.concat(await stream.toArray()).toString('utf8') };
}

// rowsOf is a file in the form of RFC 4180, line by line.
export function rowsOf(text) {
  const rows = [];
  let cells = [];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    cells.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end === ',') continue;
    rows.push(cells);
    cells = [];
    if (end === '') break;
  }
  if (text.endsWith('\r\n')) rows.pop();
  return rows;
}
