import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/shared/api/client";
import { usePerson } from "@/shared/auth/auth";
import { keepNewest } from "@/shared/query/keep-newest";

export type Me = Schemas["Me"];
export type RoleName = Schemas["RoleName"];

export const userKeys = { me: ["me"] as const };

export const meQuery = queryOptions({
  queryKey: userKeys.me,
  queryFn: ({ signal }) => data(api.GET("/api/v1/me", { signal })),
  structuralSharing: keepNewest,
});

/** The signed-in person, as the platform knows them. */
export function useMe(): Me | undefined {
  const person = usePerson();
  return useQuery({ ...meQuery, enabled: person !== undefined }).data;
}
