import type { Transformation, TransformedMessage, TransformMessage } from './messages.js';

/**
 * The process of the transformations. Libraries in other languages read files of strangers here: a crash ends this
 * process alone. A library is loaded when it is needed first.
 */
async function transformed(bytes: Uint8Array, transformation: Transformation): Promise<Uint8Array | undefined> {
  switch (transformation.type) {
    case 'script':
      return (await import('./source-text.js')).smallerSource(bytes, 'js');
    case 'style':
      return (await import('./source-text.js')).smallerSource(bytes, 'css');
    case 'svg':
      return (await import('./svg.js')).smallerSvg(bytes);
    case 'font':
      return (await import('./font.js')).smallerFont(bytes);
    case 'image':
      return (await import('./image.js')).smallerImage(bytes, transformation);
  }
}

async function resultOf({ id, bytes, transformation }: TransformMessage): Promise<TransformedMessage> {
  try {
    return { id, type: 'done', bytes: await transformed(bytes, transformation) };
  } catch (error) {
    return { id, type: 'failed', reason: String(error).split('\n', 2).join(' ') };
  }
}

let running = 0;

process.on('message', (message: TransformMessage) => {
  running += 1;
  void resultOf(message).then((result) => {
    running -= 1;
    process.send?.(result);
  });
});

/** An exit would wait for the threads of a library, up to a minute. */
process.on('disconnect', () => (running > 0 ? process.abort() : process.exit()));
