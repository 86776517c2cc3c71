/** Whether a module of WebAssembly needed more memory than it may have. */
export interface WasmMemory {
  readonly isExhausted: boolean;
}

/** A memory of WebAssembly; the types of Node do not declare it. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** WebAssembly counts memory in pages of this size. */
const PAGE_BYTES = 64 * 1024;

/**
 * Bounds the memory of each WebAssembly module of this thread, which the heap limit of the thread does not count.
 * PDFium can grow to 2 GiB. A module that gets no more memory aborts.
 */
export function boundWasmMemory(maxBytes: number): WasmMemory {
  const state = { isExhausted: false };
  const { WebAssembly } = globalThis as unknown as { WebAssembly: { Memory: { prototype: Memory } } };
  const { prototype } = WebAssembly.Memory;
  const grow = Reflect.get(prototype, 'grow');
  prototype.grow = function (this: Memory, pages: number): number {
    if (this.buffer.byteLength + pages * PAGE_BYTES <= maxBytes) return grow.call(this, pages);
    state.isExhausted = true;
    throw new RangeError('The memory limit of the extraction was reached.');
  };
  return state;
}
