/** The library that builds OpenAPI descriptions. */
export type Swagger = typeof import('@nestjs/swagger');

type Name = 'ApiConsumes' | 'ApiProduces' | 'ApiResponse' | 'ApiSecurity' | 'ApiTags';

/** Decorations of controllers, in the order of their declaration. */
const declared: ((swagger: Swagger) => void)[] = [];

/** A decorator of the library, which {@link loadSwagger} applies. */
const deferred =
  <N extends Name>(name: N) =>
  (...args: Parameters<Swagger[N]>): MethodDecorator & ClassDecorator =>
  (...place: unknown[]) =>
    void declared.push((swagger) => {
      const decorate = Reflect.apply(swagger[name], undefined, args) as (...place: unknown[]) => unknown;
      decorate(...place);
    });

export const ApiConsumes = deferred('ApiConsumes');
export const ApiProduces = deferred('ApiProduces');
export const ApiResponse = deferred('ApiResponse');
export const ApiSecurity = deferred('ApiSecurity');
export const ApiTags = deferred('ApiTags');

/** Loads the library, which takes about 25 MB, and decorates the controllers that are loaded so far. */
export async function loadSwagger(): Promise<Swagger> {
  const swagger = await import('@nestjs/swagger');
  for (const decorate of declared.splice(0)) decorate(swagger);
  return swagger;
}
