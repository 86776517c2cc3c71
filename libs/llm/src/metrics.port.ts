/** Rate, errors and duration of the calls of each model; the app binds it. */
export interface ModelMetrics {
  observe(model: string, outcome: 'ok' | 'error', seconds: number): void;
}

/** Rate, errors and duration of outgoing calls; the app binds it. */
export interface DependencyMetrics {
  /** @param operation `generate` or `list_models` */
  observe(
    dependency: 'model_server',
    operation: 'generate' | 'list_models',
    outcome: 'ok' | 'error',
    seconds: number,
  ): void;
}
