// Generated from openapi/gateway.json by `npm run api`; do not edit.

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is the gateway alive? */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can the gateway do its work?
         * @description It needs the broker and the issuer's keys. Services that are away do not matter: intents queue in the broker.
         */
        get: operations["readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a client needs to know */
        get: operations["config"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rules of the house
         * @description What the platform keeps, and who may call an order off when. For everybody, signed in or not.
         */
        get: operations["getPolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dev/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in by name
         * @description Only while the platform runs with the development sign-in.
         */
        post: operations["devSignIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The development issuer's public keys
         * @description A JSON Web Key Set (RFC 7517).
         */
        get: operations["jwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I? */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Remember how I like it
         * @description Whatever is left out stays as it is.
         */
        put: operations["setPreferences"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What I was told */
        get: operations["listNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** I have seen them */
        post: operations["readNotifications"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vendors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who sells food */
        get: operations["listVendors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vendors/{id}/menu": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A vendor's price list */
        get: operations["getMenu"];
        /**
         * Set a vendor's price list
         * @description For operators. The whole list at once; a vendor that nobody knew is known from then on.
         */
        put: operations["publishMenu"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quotes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Price a basket
         * @description For customers. Nothing is stored; ask as often as the basket changes.
         */
        post: operations["quote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/saved-orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My saved orders */
        get: operations["listSavedOrders"];
        put?: never;
        /**
         * Save an order for another time
         * @description For customers.
         */
        post: operations["saveOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/saved-orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Throw a saved order away */
        delete: operations["deleteSavedOrder"];
        options?: never;
        head?: never;
        /** Call a saved order something else */
        patch: operations["renameSavedOrder"];
        trace?: never;
    };
    "/api/v1/saved-orders/{id}/quote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Price a saved order again
         * @description For customers. At today's prices: give the `quote_id` to `POST /api/v1/orders`.
         */
        post: operations["quoteSavedOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * My orders
         * @description Those that the caller placed or delivers.
         */
        get: operations["listOrders"];
        put?: never;
        /**
         * Place an order
         * @description For customers. Answers as soon as the order is stored; with `Prefer: wait=N`, when its payment is secured or has
         *     failed, but after N seconds at the latest.
         */
        post: operations["placeOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One order
         * @description With its money, unless payments is away for a moment: an order can be read all the same.
         */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call an order off
         * @description For its customer, as the policy allows: `GET /api/v1/policy`.
         */
        post: operations["cancelOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/propose": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the customer for a change
         * @description For the order's runner, before they buy. The customer answers; silence is a no (`deadline`).
         */
        post: operations["proposeChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer what the runner asked
         * @description For the order's customer. What is not held yet is secured before the runner may spend it.
         */
        post: operations["answerChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm the delivery
         * @description For the order's customer, who has it and says so, instead of showing the PIN.
         */
        post: operations["confirmDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/problem": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report a problem
         * @description For the order's customer and its runner. An operator looks at it.
         */
        post: operations["reportProblem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/rate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rate the other side
         * @description For the order's customer and its runner, after the delivery, once each.
         */
        post: operations["rateOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/tip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tip the runner
         * @description For the order's customer, after the delivery, once.
         */
        post: operations["tipOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/offers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Orders on offer
         * @description For runners. Their own orders are left out.
         */
        get: operations["listOffers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take an order on offer
         * @description For runners. Whoever comes first has it, if they can be paid for it; the answer waits for both.
         */
        post: operations["acceptOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/advance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take the next step of a delivery
         * @description For the order's runner. A till receipt above what is held is no refusal: the order stays where it is and the
         *     customer is asked (`change`).
         */
        post: operations["advanceOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an order back
         * @description For the order's runner, as long as nothing is bought: it is on offer again.
         */
        post: operations["withdrawOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/arrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that nobody opens
         * @description For the order's runner, at the door: from now on the no-show deadline runs, after which the PIN is not needed.
         */
        post: operations["reportArrival"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payment-methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My cards */
        get: operations["listPaymentMethods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payment-methods/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set up a card
         * @description For customers. Answers with a page of Stripe's on which the card is entered; Stripe tells the platform when that is
         *     done.
         */
        post: operations["setUpPaymentMethod"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payment-methods/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take a card away
         * @description Here and at Stripe. Orders that are paid with it already are not affected.
         */
        delete: operations["removePaymentMethod"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payment-methods/{id}/default": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Charge this card from now on */
        put: operations["choosePaymentMethod"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payout-account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Can I be paid? */
        get: operations["getPayoutAccount"];
        put?: never;
        /**
         * Open or complete my payout account
         * @description For runners. Answers with a page of Stripe's on which that is done; Stripe tells the platform when it is.
         */
        post: operations["openPayoutAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An order's receipt
         * @description For those who take part in the order: customers see what they paid and got back, runners what they were paid.
         */
        get: operations["getReceipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My money */
        get: operations["getWallet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dashboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What I have done here, in numbers */
        get: operations["getDashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Listen
         * @description Server-sent events. `order` for every event of an order that the caller has a part in, `offer` for runners whenever
         *     an order comes on offer or is gone, `notification` for whatever the caller is told, `money` when money of theirs has
         *     moved, `reset` when too much was missed. Ends when the token does, and whenever nothing can be heard.
         */
        get: operations["stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/orders/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call anybody's order off
         * @description For operators. What was held is let go; what was taken is given back, the runner's payout first.
         */
        post: operations["opsCancelOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/orders/{id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Settle a reported problem
         * @description For operators.
         */
        post: operations["opsResolveProblem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/orders/{id}/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a customer's money back
         * @description For operators and finance, after it was taken. The runner's payout is taken back first, if they bear it.
         */
        post: operations["opsRefundOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/orders/{id}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An order's books
         * @description For operators and finance.
         */
        get: operations["opsAuditOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everybody's books
         * @description For operators and finance. Page by page: the sums are those of the page.
         */
        get: operations["opsAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/reconciliations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The newest comparisons with Stripe's books
         * @description For operators and finance.
         */
        get: operations["opsReconciliations"];
        put?: never;
        /**
         * Compare the books with Stripe's
         * @description For operators and finance. It happens every day by itself. What differs is a task of its order.
         */
        post: operations["opsReconcile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/reconciliations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A comparison with Stripe's books
         * @description For operators and finance.
         */
        get: operations["opsReconciliation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/orders/{id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An order's part of the log
         * @description For operators and finance: everything that was asked and said about it, by whom, and what caused what. Empty for an
         *     order that nobody has heard of.
         */
        get: operations["opsOrderLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is there to do?
         * @description For operators and finance. If a part of the platform is away, its tasks are missing, and `missing` says so.
         */
        get: operations["opsTasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/parked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which messages did services give up on?
         * @description For operators. Each is a story that stands still until somebody mends the reason and puts the message back.
         */
        get: operations["opsListParked"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/parked/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A parked message, whole
         * @description For operators who are not suspended: its headers and its bytes as they came, which may be personal, and what happened
         *     to it.
         */
        get: operations["opsGetParked"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/parked/{id}/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a parked message back
         * @description For operators. The service that gave up on it handles it once more; every other one has handled it and does not. It is
         *     then settled by itself, or comes back parked with a new reason.
         */
        post: operations["opsRedriveParked"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/parked/{id}/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Discard a parked message
         * @description For operators: nothing more is to come of it. It can still be put back later.
         */
        post: operations["opsDiscardParked"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/parked/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put many parked messages back
         * @description For operators. With `dry_run`, only tells what would happen to each.
         */
        post: operations["opsRedriveManyParked"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/parked/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Discard many parked messages
         * @description For operators. With `dry_run`, only tells what would happen to each.
         */
        post: operations["opsDiscardManyParked"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/audit-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What did staff do?
         * @description For operators and finance: everything that anybody asked for in their office, also what was refused. It is written
         *     down with the decision itself and never removed. If a part of the platform is away, `missing` says so.
         */
        get: operations["opsAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/users/{id}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shut somebody out
         * @description For operators. They can read, but neither order nor deliver; what is under way goes on.
         */
        post: operations["opsSuspendUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/users/{id}/reinstate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let somebody in again
         * @description For operators.
         */
        post: operations["opsReinstateUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/stripe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stripe's webhook
         * @description Takes what concerns orders, cards and payout accounts; everything else is received and ignored.
         */
        post: operations["stripeWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/clerk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Clerk's webhook
         * @description Takes `user.created`, `user.updated` and `user.deleted`; others are received and ignored.
         */
        post: operations["clerkWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * About
         * @description What this platform is like.
         */
        About: {
            /** @description The program's version. */
            version: string;
            /** @description Who signs people in. */
            issuer: components["schemas"]["Issuer"] & unknown;
            /** @description The identity provider's address, if it is one. */
            issuer_url?: string;
            /** @description The names that can sign in; empty unless the issuer is `dev`. */
            people: string[];
            /** @description What people may be. */
            roles: components["schemas"]["RoleName"][];
            /** @description What prices are in. */
            currency: components["schemas"]["Currency"] & unknown;
            /** @description Bounds of what may be sent. */
            limits: components["schemas"]["Limits"] & unknown;
            /** @description How long the gateway waits. */
            wait: components["schemas"]["Waits"] & unknown;
        };
        /**
         * Action
         * @description Something that the viewer can do now.
         */
        Action: {
            /**
             * @description `cancel`, `accept`, `advance`, `withdraw`, `propose`, `answer`, `arrive`, `confirm`, `report_problem`, `rate`, `tip`
             *     or `authenticate`.
             */
            action: string;
            /** @description What it would do, in one sentence. */
            effect: string;
        };
        /**
         * Advance
         * @description The next step.
         */
        Advance: {
            /** @description Steps come one after the other. */
            to: components["schemas"]["Step"] & unknown;
            /** @description The four digits that the customer shows at the door; needed for `DELIVERED`. */
            pin?: string;
            /**
             * Format: int64
             * @description What the till receipt says; needed for `PLACED` of an errand. More than what is held asks the customer.
             */
            receipt_cents?: number;
            /**
             * Format: date-time
             * @description When it was done, if it could not be told then: shown in the timeline. Deadlines go by when the platform heard of it. A time
             *     before the step before, or after now, is taken as that.
             */
            occurred_at?: string;
        };
        /**
         * Audit
         * @description The books of one order.
         */
        Audit: {
            /** @description The order. */
            order_id: string;
            /** @description How far its money has come. */
            stage: components["schemas"]["MoneyStage"] & unknown;
            /** @description Oldest first. */
            postings: components["schemas"]["Posting"][];
            /** @description What each account comes to, in cents. */
            balances: {
                [key: string]: number;
            };
            /** @description What must hold. */
            checks: components["schemas"]["AuditCheck"][];
            /** @description Refunds that staff asked for, oldest first. */
            refunds: components["schemas"]["RefundNote"][];
            /** @description Whether all of it does. */
            ok: boolean;
        };
        /**
         * AuditCheck
         * @description Something that must hold.
         */
        AuditCheck: {
            /** @description Stable: `entries_balance`, `captured_within_held`, `refunded_within_captured`, …. */
            name: string;
            /** @description Whether it does. */
            ok: boolean;
            /** @description In words, with the figures. */
            detail: string;
        };
        /**
         * AuditSummary
         * @description The books of many orders.
         */
        AuditSummary: {
            /**
             * Format: uint64
             * @description Orders looked at.
             */
            orders: number;
            /** @description What each account comes to, in cents. */
            balances: {
                [key: string]: number;
            };
            /** @description Of those, the ones whose books are wrong; at most 100. */
            wrong: components["schemas"]["Audit"][];
            /** @description The `cursor` of the next page; absent on the last one. */
            next?: string;
        };
        /**
         * @description How prices came about.
         * @enum {string}
         */
        Basis: "errand" | "catalogue";
        /**
         * @description Who bears a refund.
         * @enum {string}
         */
        Bearer: "runner" | "platform";
        /**
         * BegunReconciliation
         * @description One that was asked for.
         */
        BegunReconciliation: {
            /** @description Which: it can be read from now on. */
            reconciliation_id: string;
        };
        /**
         * Cancel
         * @description Why, if the customer likes to say.
         */
        Cancel: {
            /** @description In the customer's words. */
            reason?: string;
        };
        /**
         * @description Why an order was cancelled.
         * @enum {string}
         */
        CancelReason: "customer" | "expired" | "payment_declined" | "no_payment_method" | "action_timed_out" | "runner_failed" | "operator";
        /**
         * CancelRule
         * @description One row of the cancellation policy.
         */
        CancelRule: {
            /** @description `customer`, `runner` or `operator`. */
            actor: string;
            /** @description Where the order stands. */
            status: components["schemas"]["OrderStatus"] & unknown;
            /** @description Only when it is late. */
            only_overdue: boolean;
            /** @description Whether they may. */
            allowed: boolean;
            /** @description The code of the refusal when they may not. */
            refusal?: string;
            /** @description What happens to the money: `nothing_held`, `hold_released`, `refunded` or `unchanged`. */
            money: string;
            /** @description Both in one sentence. */
            sentence: string;
        };
        /**
         * ChangeAnswer
         * @description What the customer says to it.
         */
        ChangeAnswer: {
            /** @description Whether it is all right. */
            agree: boolean;
        };
        /**
         * ChangeProposal
         * @description What the runner would do instead.
         */
        ChangeProposal: {
            /**
             * Format: int64
             * @description What the runner would spend at the counter.
             */
            items_cents: number;
            /** @description What would be different, in the runner's words. */
            note?: string;
        };
        /**
         * Check
         * @description Something that the gateway cannot do without.
         */
        Check: {
            /** @description `broker`, `keys`, or `running`, which is over as soon as the gateway is told to stop. */
            name: string;
            /** @description Whether it is there. */
            ok: boolean;
        };
        /**
         * Chronicle
         * @description An order's part of the log.
         */
        Chronicle: {
            /** @description Oldest first. */
            entries: components["schemas"]["Entry"][];
        };
        /**
         * @description ISO 4217, in lower case.
         * @enum {string}
         */
        Currency: "sgd" | "usd" | "eur";
        /**
         * Dashboard
         * @description What a person has done here, in numbers.
         */
        Dashboard: {
            /**
             * Format: uint64
             * @description Orders that they placed.
             */
            placed: number;
            /**
             * Format: uint64
             * @description Of these, completed.
             */
            received: number;
            /**
             * Format: uint64
             * @description Of these, cancelled.
             */
            cancelled: number;
            /**
             * Format: uint64
             * @description Orders of others that they delivered.
             */
            fulfilled: number;
            /**
             * Format: uint64
             * @description Orders that they placed or deliver and that are not over.
             */
            under_way: number;
            /** @description In what the amounts are. */
            currency: components["schemas"]["Currency"] & unknown;
            /**
             * Format: int64
             * @description Taken from their cards, less what was given back.
             */
            spent_cents: number;
            /**
             * Format: int64
             * @description Held on their cards now.
             */
            held_cents: number;
            /**
             * Format: int64
             * @description Paid to them for deliveries, tips included.
             */
            earned_cents: number;
            /**
             * Format: int64
             * @description Taken for their deliveries, but not yet paid to them.
             */
            waiting_cents: number;
            /** @description Whether they have a payout account that can be paid. */
            payable: boolean;
        };
        /**
         * DeliverTo
         * @description Where the customer waits.
         */
        DeliverTo: {
            /** @description The building. */
            building: string;
            /** @description The room or meeting point within it. */
            room: string;
            /** @description How to find it. */
            note?: string;
        };
        /**
         * Due
         * @description What happens when, if nobody does anything.
         */
        Due: {
            /** @description `action`, `acceptance`, `consent`, `delivery` or `no_show`. */
            kind: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description What then: `cancel`, `cancel_and_release`, `refuse_change`, `flag_overdue` or `hand_over_without_pin`. */
            consequence: string;
        };
        /**
         * Entry
         * @description One message of the log.
         */
        Entry: {
            /**
             * Format: uint64
             * @description Its place in the log: one total order of everything that was asked and everything that happened.
             */
            sequence: number;
            /** @description Its id. */
            id: string;
            /** @description Intent or event. */
            sort: components["schemas"]["Sort"] & unknown;
            /** @description `<owner>.<name>.v<version>`. */
            type: string;
            /** @description Who asked (`usr_…`, `opr_…`, `fin_…`, `sys_…`), for intents. */
            by?: string;
            /** @description The id of the message that caused it; absent for what people asked. */
            cause?: string;
            /** @description The id under which a service gave up on it, if it was put back for that service. */
            redriven_of?: string;
            /**
             * Format: date-time
             * @description When.
             */
            at?: string;
            /** @description What an event says. What people asked may be personal, and stays out. */
            body?: unknown;
        };
        /**
         * GivenRating
         * @description How one side was rated by the other.
         */
        GivenRating: {
            /** @description Who was rated. */
            of: string;
            /**
             * Format: uint8
             * @description 1 to 5.
             */
            stars: number;
        };
        /**
         * Health
         * @description It lives.
         */
        Health: {
            /** @description Always `ok`. */
            status: string;
            /** @description The program's version. */
            version: string;
        };
        /**
         * @description Who signs people in.
         * @enum {string}
         */
        Issuer: "dev" | "other";
        /**
         * Limits
         * @description Bounds of what may be sent. The platform's own rules may be narrower and then say so.
         */
        Limits: {
            /**
             * Format: uint64
             * @description Bytes of a request's body.
             */
            body_bytes: number;
            /**
             * Format: uint64
             * @description Characters of an `Idempotency-Key`.
             */
            idempotency_key: number;
            /**
             * Format: uint64
             * @description Lines of a basket.
             */
            items: number;
            /**
             * Format: int64
             * @description The largest amount.
             */
            cents: number;
            /**
             * Format: uint32
             * @description Rows of a page.
             */
            page: number;
        };
        /**
         * Line
         * @description One priced line.
         */
        Line: {
            /** @description What it is. */
            name: string;
            /**
             * Format: uint32
             * @description How many.
             */
            quantity: number;
            /**
             * Format: int64
             * @description The price of one.
             */
            price_cents: number;
            /**
             * Format: int64
             * @description `quantity × price_cents`.
             */
            total_cents: number;
        };
        /**
         * Me
         * @description A person, as they themselves may see it.
         */
        Me: {
            /** @description Their id. */
            user_id: string;
            /** @description What to call them. */
            name: string;
            /** @description What they may do. */
            roles: components["schemas"]["RoleName"][];
            /** @description Whether a card is on file. */
            can_pay: boolean;
            /** @description Whether a payout account is open. */
            can_be_paid: boolean;
            /** @description Whether they were shut out: they can read, but neither order nor deliver. */
            suspended: boolean;
            /** @description How they like it. */
            preferences: components["schemas"]["Preferences"] & unknown;
            /** @description How others rated them. */
            ratings: components["schemas"]["Reputation"] & unknown;
            /**
             * Format: uint64
             * @description Counts the changes.
             */
            version: number;
        };
        /**
         * Menu
         * @description A price list.
         */
        Menu: {
            /** @description Whose. */
            vendor: components["schemas"]["Vendor"] & unknown;
            /** @description In the vendor's own order. */
            items: components["schemas"]["MenuItem"][];
            /** @description In what. */
            currency: components["schemas"]["Currency"] & unknown;
            /**
             * Format: uint64
             * @description Counts the changes.
             */
            version: number;
        };
        /**
         * MenuItem
         * @description One thing on a price list.
         */
        MenuItem: {
            /** @description The vendor's own, stable name for it. */
            item_id: string;
            /** @description What people call it. */
            name: string;
            /**
             * Format: int64
             * @description The price of one.
             */
            price_cents: number;
            /** @description Whether it can be had today. */
            available: boolean;
        };
        /**
         * Moment
         * @description One step of an order's life.
         */
        Moment: {
            /** @description What it became. */
            status: components["schemas"]["OrderStatus"] & unknown;
            /**
             * Format: date-time
             * @description When the platform heard of it.
             */
            at: string;
            /**
             * Format: date-time
             * @description When the runner did it, if that was earlier: a little, or long before where there was no network.
             */
            occurred_at?: string;
        };
        /**
         * MoneyMovement
         * @description One movement of money.
         */
        MoneyMovement: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description What. */
            kind: components["schemas"]["MovementKind"] & unknown;
            /**
             * Format: int64
             * @description How much; never negative, the kind says which way.
             */
            amount_cents: number;
        };
        /**
         * MoneyNews
         * @description `event: money`: money of the caller's has moved, or could not. The order and the wallet have the figures.
         */
        MoneyNews: {
            /** @description The order. */
            order_id: string;
            /** @description What happened, for example `payments.paid_out.v1`. */
            type: string;
        };
        /**
         * @description How far an order's money has come.
         * @enum {string}
         */
        MoneyStage: "nothing" | "declined" | "action_required" | "held" | "released" | "captured" | "paid_out" | "refunded";
        /**
         * @description What happened to money.
         * @enum {string}
         */
        MovementKind: "hold" | "release" | "capture" | "payout" | "reversal" | "refund" | "refund_failed" | "tip" | "tip_payout" | "stripe_fee" | "dispute" | "dispute_won";
        /**
         * NewItem
         * @description What somebody wants bought.
         */
        NewItem: {
            /** @description What it is. */
            name: string;
            /**
             * Format: uint32
             * @description How many.
             */
            quantity: number;
            /**
             * Format: int64
             * @description The price of one, estimated by the customer.
             */
            price_cents: number;
        };
        /**
         * NewMenu
         * @description A whole price list, to be set.
         */
        NewMenu: {
            /** @description Where the vendor is. */
            store: components["schemas"]["Store"] & unknown;
            /** @description Whether they take orders now. */
            open: boolean;
            /** @description In the order in which they are shown. */
            items: components["schemas"]["MenuItem"][];
        };
        /**
         * NewName
         * @description Another name.
         */
        NewName: {
            /** @description What to call it. */
            name: string;
        };
        /**
         * NewOrder
         * @description Which quote to order on.
         */
        NewOrder: {
            /** @description From `POST /api/v1/quotes`, unread and unchanged. */
            quote_id: string;
        };
        /**
         * NewPick
         * @description What somebody picked from a price list; the server knows the price.
         */
        NewPick: {
            /** @description The list's own name for it. */
            item_id: string;
            /**
             * Format: uint32
             * @description How many.
             */
            quantity: number;
        };
        /**
         * NewProblem
         * @description What an operator shall look at.
         */
        NewProblem: {
            /** @description What went wrong. */
            kind: components["schemas"]["ProblemKind"] & unknown;
            /** @description In their own words. */
            text?: string;
        };
        /**
         * NewQuote
         * @description A basket to be priced: an errand (`store` and `items`), or picked from a price list (`vendor_id` and `picks`).
         */
        NewQuote: {
            /** @description Where to buy; needed unless `vendor_id` says it. */
            store?: components["schemas"]["Store"] & unknown;
            /** @description Where to bring it. */
            deliver_to: components["schemas"]["DeliverTo"] & unknown;
            /**
             * @description What to buy, in free text with estimated prices.
             * @default []
             */
            items?: components["schemas"]["NewItem"][];
            /** @description Whose price list the picks are from. */
            vendor_id?: string;
            /**
             * @description What to buy, picked from that list.
             * @default []
             */
            picks?: components["schemas"]["NewPick"][];
            /**
             * Format: int64
             * @description What the runner shall earn; what the policy says when absent.
             */
            delivery_fee_cents?: number;
            /**
             * Format: int64
             * @description What the runner shall earn on top; nothing when absent.
             */
            tip_cents?: number;
        };
        /**
         * NewRating
         * @description How the other side was.
         */
        NewRating: {
            /**
             * Format: uint8
             * @description 1 to 5.
             */
            stars: number;
            /** @description In their own words. */
            comment?: string;
        };
        /**
         * NewReconciliation
         * @description Which part of Stripe's statement to read.
         */
        NewReconciliation: {
            /**
             * Format: date-time
             * @description What moved since then; the last two days when absent.
             */
            since?: string;
            /**
             * Format: date-time
             * @description What moved before then; ten minutes ago when absent, so that what is under way is no difference.
             */
            until?: string;
        };
        /**
         * NewRefund
         * @description Money that is to go back to the customer.
         */
        NewRefund: {
            /**
             * Format: int64
             * @description How much; all that is left when absent.
             */
            amount_cents?: number;
            /** @description Who bears it. */
            bearer: components["schemas"]["Bearer"] & unknown;
            /** @description Why; for the books. */
            reason: string;
        };
        /**
         * NewSaved
         * @description A basket under a name.
         */
        NewSaved: {
            /** @description What to call it. */
            name: string;
            /** @description What it holds, as for `POST /api/v1/quotes`. */
            basket: components["schemas"]["NewQuote"] & unknown;
        };
        /**
         * NewSuspension
         * @description Why somebody is shut out.
         */
        NewSuspension: {
            /** @description For the books. */
            reason: string;
        };
        /**
         * NewTip
         * @description Something on top for the runner.
         */
        NewTip: {
            /**
             * Format: int64
             * @description How much.
             */
            tip_cents: number;
        };
        /**
         * @description What somebody is told. The words are the client's, in the person's language.
         * @enum {string}
         */
        News: "action_required" | "accepted" | "reopened" | "claim_rejected" | "purchased" | "departed" | "runner_waits" | "change_proposed" | "change_agreed" | "change_refused" | "overdue" | "delivered" | "completed" | "paid_out" | "payout_held" | "cancelled" | "refunded" | "payout_reversed" | "payout_returned" | "tipped" | "tip_declined" | "problem_reported" | "problem_resolved" | "rated";
        /**
         * Notification
         * @description One notification.
         */
        Notification: {
            /** @description Its own id: the same when somebody is told the same about the same order again. */
            id: string;
            /** @description What. */
            news: components["schemas"]["News"] & unknown;
            /** @description About which order. */
            order_id: string;
            /**
             * Format: date-time
             * @description When it happened last.
             */
            at: string;
            /** @description Whether it was seen. */
            read: boolean;
        };
        /**
         * NotificationNews
         * @description `event: notification`: the caller was told something. `GET /api/v1/notifications` has it.
         */
        NotificationNews: {
            /** @description About which order. */
            order_id: string;
            /** @description What. */
            news: components["schemas"]["News"] & unknown;
            /**
             * Format: date-time
             * @description When it happened.
             */
            at: string;
        };
        /**
         * Notifications
         * @description One page.
         */
        Notifications: {
            /** @description Newest first. */
            notifications: components["schemas"]["Notification"][];
            /**
             * Format: uint32
             * @description How many of all were not seen yet.
             */
            unread: number;
            /** @description Whether there are older ones. */
            more: boolean;
        };
        /**
         * NotificationsSeen
         * @description How far somebody has read.
         */
        NotificationsSeen: {
            /**
             * Format: date-time
             * @description `at` of the newest one that was seen; all of them when absent.
             */
            up_to?: string;
        };
        /**
         * Offer
         * @description An order as somebody sees it who could deliver it: neither the room nor the customer.
         */
        Offer: {
            /** @description The order. */
            order_id: string;
            /** @description Where to buy. */
            store: components["schemas"]["Store"] & unknown;
            /** @description Where to bring it. */
            building: string;
            /** @description What to buy. */
            lines: components["schemas"]["Line"][];
            /**
             * Format: int64
             * @description What the runner earns: delivery fee and tip.
             */
            earns_cents: number;
            /**
             * Format: int64
             * @description What the runner spends at the counter and is paid back.
             */
            spends_cents: number;
            /** @description In what. */
            currency: components["schemas"]["Currency"] & unknown;
            /**
             * Format: date-time
             * @description On offer since.
             */
            since: string;
            /**
             * Format: date-time
             * @description On offer until.
             */
            until: string;
        };
        /**
         * OfferNews
         * @description `event: offer`, for runners: an order has come on offer or is gone.
         */
        OfferNews: {
            /** @description The order. */
            order_id: string;
            /** @description Whether it is on offer. */
            open: boolean;
        };
        /**
         * OfferPage
         * @description One page.
         */
        OfferPage: {
            /** @description Who waited longest comes first. */
            offers: components["schemas"]["Offer"][];
            /** @description The `cursor` of the next page; absent on the last one. */
            next?: string;
        };
        /**
         * OfficeNote
         * @description Why, or how.
         */
        OfficeNote: {
            /** @description For the other side to read. */
            note: string;
        };
        /**
         * OnboardingPage
         * @description Where an account is opened or completed.
         */
        OnboardingPage: {
            /** @description Send the person here; Stripe sends them back. */
            url: string;
            /**
             * Format: date-time
             * @description Until when the page can be used.
             */
            until: string;
            /** @description Whether they can be paid already. */
            payable: boolean;
        };
        /**
         * Order
         * @description An order, as its viewer may see it.
         */
        Order: {
            /** @description The order. */
            order_id: string;
            /**
             * Format: uint64
             * @description Counts the changes; a view with a lower one is older.
             */
            version: number;
            /** @description Where it stands. */
            status: components["schemas"]["OrderStatus"] & unknown;
            /** @description Why it was cancelled. */
            reason?: components["schemas"]["CancelReason"] & unknown;
            /** @description Why, in the words of whoever called it off. */
            note?: string;
            /** @description What is in the way, in one sentence, while something is. */
            problem?: string;
            /** @description Whether it is late. */
            overdue: boolean;
            /** @description Whose order it is. */
            customer_id: string;
            /** @description Who delivers it. */
            runner_id?: string;
            /** @description Where to buy. */
            store: components["schemas"]["Store"] & unknown;
            /** @description Where to bring it. */
            deliver_to: components["schemas"]["DeliverTo"] & unknown;
            /** @description What to buy. */
            lines: components["schemas"]["Line"][];
            /** @description What it costs. */
            price: components["schemas"]["Price"] & unknown;
            /** @description What has happened, oldest first. */
            timeline: components["schemas"]["Moment"][];
            /** @description What happens if nobody does anything. */
            deadline?: components["schemas"]["Due"] & unknown;
            /** @description What the customer shows at the door; only in the customer's own view. */
            handover_pin?: string;
            /** @description How the prices came about. */
            basis: components["schemas"]["Basis"] & unknown;
            /**
             * Format: int64
             * @description What the till receipt said, once it is known.
             */
            receipt_cents?: number;
            /** @description What the runner asked, if they did. */
            change?: components["schemas"]["ProposedChange"] & unknown;
            /** @description Problems that were reported, oldest first. */
            problems: components["schemas"]["ReportedProblem"][];
            /** @description How the sides were rated. */
            ratings: components["schemas"]["GivenRating"][];
            /**
             * Format: int64
             * @description What was tipped after the delivery.
             */
            tipped_cents?: number;
            /** @description What the viewer can do now, and what that would do. */
            actions: components["schemas"]["Action"][];
            /** @description Where the money is. Only where one order is read by itself, and not while payments is away. */
            money?: components["schemas"]["OrderMoney"] & unknown;
            /** @description Where the customer answers their bank; only for them, only while it waits, and where `money` is. */
            authenticate_url?: string;
        };
        /**
         * OrderMoney
         * @description Where an order's money is. Customers see what they paid and got back, runners what they were paid.
         */
        OrderMoney: {
            /** @description How far it has come. */
            stage: components["schemas"]["MoneyStage"] & unknown;
            /** @description In what. */
            currency: components["schemas"]["Currency"] & unknown;
            /**
             * Format: int64
             * @description Held now.
             */
            held_cents: number;
            /**
             * Format: int64
             * @description Taken from the customer, tips included.
             */
            captured_cents: number;
            /**
             * Format: int64
             * @description Given back after it was taken.
             */
            refunded_cents: number;
            /**
             * Format: int64
             * @description Paid to the runner, tips included, less what was taken back.
             */
            paid_out_cents: number;
        };
        /**
         * OrderMoneyMovements
         * @description An order's money with everything that happened to it.
         */
        OrderMoneyMovements: {
            /** @description The order. */
            order_id: string;
            /** @description Where it is. */
            money: components["schemas"]["OrderMoney"] & unknown;
            /** @description Oldest first. */
            movements: components["schemas"]["MoneyMovement"][];
        };
        /**
         * OrderNews
         * @description `event: order`: something happened to an order that the caller has a part in.
         */
        OrderNews: {
            /** @description The order. */
            order_id: string;
            /** @description Where it stands now. */
            status: components["schemas"]["OrderStatus"] & unknown;
            /**
             * Format: uint64
             * @description Its version with this in it. What a client has read at this version or later is newer.
             */
            version: number;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description What happened, for example `orders.opened.v1`. */
            type: string;
        };
        /**
         * OrderPage
         * @description One page.
         */
        OrderPage: {
            /** @description Newest first. */
            orders: components["schemas"]["Order"][];
            /** @description The `cursor` of the next page; absent on the last one. */
            next?: string;
        };
        /**
         * OrderReceipt
         * @description Everything that belongs on paper. What of it is told depends on who asks.
         */
        OrderReceipt: {
            /** @description The order. */
            order_id: string;
            /** @description Where it stands. */
            status: components["schemas"]["OrderStatus"] & unknown;
            /** @description Why it was cancelled. */
            reason?: components["schemas"]["CancelReason"] & unknown;
            /** @description Where it was bought. */
            store: components["schemas"]["Store"] & unknown;
            /** @description How the prices came about. */
            basis: components["schemas"]["Basis"] & unknown;
            /** @description What was ordered. */
            lines: components["schemas"]["Line"][];
            /** @description What was agreed. */
            price: components["schemas"]["Price"] & unknown;
            /**
             * Format: int64
             * @description What the till receipt said, once it is known.
             */
            receipt_cents?: number;
            /**
             * Format: int64
             * @description What was tipped after the delivery.
             */
            tipped_cents?: number;
            /**
             * Format: date-time
             * @description When it was ordered.
             */
            placed_at?: string;
            /** @description What happened when, oldest first. */
            timeline: components["schemas"]["Moment"][];
            /** @description Where the money is; absent while nothing was asked of any bank. */
            money?: components["schemas"]["OrderMoney"] & unknown;
            /** @description What happened to the money, oldest first. */
            movements: components["schemas"]["MoneyMovement"][];
            /**
             * Format: date-time
             * @description When this was printed.
             */
            printed_at: string;
        };
        /**
         * @description Where an order stands.
         * @enum {string}
         */
        OrderStatus: "PENDING" | "ACTION_REQUIRED" | "CREATED" | "CLAIMED" | "ACCEPTED" | "PLACED" | "ON_THE_WAY" | "DELIVERED" | "COMPLETED" | "CANCELLED";
        /**
         * ParkedBulk
         * @description Many parked messages, and why.
         */
        ParkedBulk: {
            /** @description Which. */
            ids: string[];
            /** @description For whoever looks at them later. */
            reason: string;
            /** @description Only tell what would happen to each; false when absent. */
            dry_run?: boolean;
        };
        /**
         * @description Which parked messages.
         * @enum {string}
         */
        ParkedFilter: "open" | "parked" | "redriven" | "settled" | "discarded" | "all";
        /**
         * ParkedMessage
         * @description A message that a service gave up on.
         */
        ParkedMessage: {
            /** @description What it is called here. */
            id: string;
            /** @description How far it has come. */
            state: components["schemas"]["ParkedState"] & unknown;
            /** @description The message's own id, as it was first given up on. */
            message_id: string;
            /** @description The service that gave up on it. */
            service: string;
            /** @description With which reaction; `unreadable` when it could not be read. */
            reaction: string;
            /** @description What the message was published on. */
            subject: string;
            /** @description The order that it is about, if it is one. */
            order_id?: string;
            /** @description The message that caused it, if it says so. */
            cause?: string;
            /** @description Why it was given up on, the last time. */
            reason: string;
            /**
             * Format: uint32
             * @description How often it was tried, the last time.
             */
            attempts: number;
            /**
             * Format: date-time
             * @description When it was given up on first.
             */
            parked_at: string;
            /**
             * Format: uint32
             * @description How often it was put back.
             */
            redrives: number;
            /** @description What putting it back would be refused with now: a problem's code. Absent when it would not be. */
            redrive_refused?: string;
            /** @description What discarding it would be refused with now: a problem's code. Absent when it would not be. */
            discard_refused?: string;
            /** @description What happened to it, oldest first; on a page the newest 5 steps. */
            history: components["schemas"]["ParkedStep"][];
        };
        /**
         * ParkedNote
         * @description Why something is done to a parked message.
         */
        ParkedNote: {
            /** @description For whoever looks at it later. */
            reason: string;
        };
        /**
         * @description What became of one of many.
         * @enum {string}
         */
        ParkedOutcome: "done" | "stored" | "refused" | "would_be_done" | "would_be_refused";
        /**
         * ParkedPage
         * @description One page.
         */
        ParkedPage: {
            /** @description Newest first. */
            parked: components["schemas"]["ParkedMessage"][];
            /** @description The `cursor` of the next page; absent on the last one. */
            next?: string;
        };
        /**
         * ParkedResult
         * @description One of many.
         */
        ParkedResult: {
            /** @description Which. */
            id: string;
            /** @description What became of it. */
            outcome: components["schemas"]["ParkedOutcome"] & unknown;
            /** @description The problem's code, if there is one. */
            code?: string;
            /** @description The message as it is now, or as it is before anything is done. */
            message?: components["schemas"]["ParkedMessage"] & unknown;
        };
        /**
         * ParkedResults
         * @description What became of each.
         */
        ParkedResults: {
            /** @description In the order of the request. */
            results: components["schemas"]["ParkedResult"][];
        };
        /**
         * @description How far a repair has come.
         * @enum {string}
         */
        ParkedState: "parked" | "redriven" | "settled" | "discarded";
        /**
         * ParkedStep
         * @description One step of a parked message's history.
         */
        ParkedStep: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description `parked`, `redriven`, `settled`, `discarded`, or `lost`: what was to be put back is not there any more. */
            what: string;
            /** @description Who: somebody in their office (`opr_…`, `sys_cli`), or a service. */
            by: string;
            /** @description Why, or how. */
            why: string;
        };
        /**
         * PaymentMethod
         * @description A card, as its owner recognises it.
         */
        PaymentMethod: {
            /** @description Its id: Stripe's payment method. */
            id: string;
            /** @description `visa`, `mastercard`, …. */
            brand: string;
            /** @description The last four digits. */
            last4: string;
            /**
             * Format: uint32
             * @description 1 to 12.
             */
            exp_month: number;
            /**
             * Format: uint32
             * @description Four digits.
             */
            exp_year: number;
            /** @description Whether it is the one that is charged. */
            default: boolean;
        };
        /**
         * PaymentMethods
         * @description A person's cards.
         */
        PaymentMethods: {
            /** @description Oldest first. */
            payment_methods: components["schemas"]["PaymentMethod"][];
        };
        /**
         * PayoutAccount
         * @description Whether somebody can be paid.
         */
        PayoutAccount: {
            /** @description Whether there is an account, and Stripe pays to it. */
            payable: boolean;
        };
        /**
         * Policy
         * @description The policy as it is now.
         */
        Policy: {
            /**
             * Format: uint32
             * @description Stamped on every order that is quoted under it.
             */
            version: number;
            /**
             * Format: uint32
             * @description Hundredths of a percent of the items that the platform keeps.
             */
            platform_fee_basis_points: number;
            /**
             * Format: int64
             * @description What the platform keeps of every order, besides.
             */
            platform_fee_fixed_cents: number;
            /**
             * Format: uint32
             * @description Hundredths of a percent of an errand's estimate that are held on top.
             */
            errand_buffer_basis_points: number;
            /**
             * Format: int64
             * @description What the runner earns when the customer does not choose.
             */
            delivery_fee_cents: number;
            /** @description Who may call an order off, and what then. */
            cancellation: components["schemas"]["CancelRule"][];
        };
        /**
         * Posting
         * @description One posting of the double-entry ledger.
         */
        Posting: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * Format: uint32
             * @description Postings of one entry sum to zero; entries count from 1.
             */
            entry: number;
            /** @description What happened: `hold`, `release`, `capture`, `payout`, …. */
            what: string;
            /** @description `card_holds`, `held`, `customer`, `stripe`, `runner`, `platform`, `stripe_fees`, `disputes`. */
            account: string;
            /**
             * Format: int64
             * @description Added to the account; negative when taken from it.
             */
            amount_cents: number;
            /** @description Stripe's object: `pi_…`, `ch_…`, `tr_…`, `re_…`. */
            stripe_id: string;
        };
        /**
         * Preferences
         * @description How somebody likes it. Whatever is absent was never said; when set, it stays as it is.
         */
        Preferences: {
            /** @description The role that they used last. */
            role?: components["schemas"]["RoleName"] & unknown;
            /** @description The language that they read, as a BCP 47 tag. */
            language?: string;
            /** @description Whether they take orders now, as a runner; nothing said means yes. */
            available?: boolean;
        };
        /**
         * Price
         * @description What an order costs, and where each cent goes. All in the currency's minor unit.
         */
        Price: {
            /**
             * Format: int64
             * @description The lines' sum: what the runner spends at the counter.
             */
            items_cents: number;
            /**
             * Format: int64
             * @description What the runner earns for the way.
             */
            delivery_fee_cents: number;
            /**
             * Format: int64
             * @description What the runner earns on top.
             */
            tip_cents: number;
            /**
             * Format: int64
             * @description What the platform keeps.
             */
            platform_fee_cents: number;
            /**
             * Format: int64
             * @description What the customer pays: the sum of the four.
             */
            total_cents: number;
            /**
             * Format: int64
             * @description What the runner is paid.
             */
            payout_cents: number;
            /** @description The currency of all of them. */
            currency: components["schemas"]["Currency"] & unknown;
            /**
             * Format: int64
             * @description Held on top, because the till may say more than an estimate; whatever is not spent is let go.
             */
            buffer_cents: number;
            /**
             * Format: int64
             * @description What is held on the card: total and buffer.
             */
            hold_cents: number;
            /**
             * Format: uint32
             * @description The version of the policy that fees and buffer follow from: `GET /api/v1/policy`.
             */
            policy: number;
        };
        /**
         * Problem
         * @description What went wrong, for machines (`code`) and people (`detail`): RFC 9457.
         */
        Problem: {
            /** @description Names the kind of problem: `urn:campusg:problem:<code>`. */
            type: string;
            /** @description The kind of problem in a few words. */
            title: string;
            /**
             * Format: uint16
             * @description The HTTP status.
             */
            status: number;
            /** @description What happened, in one sentence for the person who asked. May change at any time. */
            detail: string;
            /** @description Stable; what programs go by. */
            code: string;
            /** @description JSON Pointer (RFC 6901) to the field of the request's body that is wrong. */
            pointer?: string;
            /** @description The trace in which it happened. */
            trace_id?: string;
            /** @description What was looked at, for `not_ready`. */
            checks?: components["schemas"]["Check"][];
        };
        /**
         * @description What went wrong.
         * @enum {string}
         */
        ProblemKind: "not_received" | "wrong_items" | "quality" | "money" | "conduct" | "other";
        /**
         * ProposedChange
         * @description What the runner asked the customer.
         */
        ProposedChange: {
            /**
             * Format: int64
             * @description What the runner would spend at the counter.
             */
            items_cents: number;
            /**
             * Format: int64
             * @description How much more than what is held that takes.
             */
            excess_cents: number;
            /** @description What would be different, in the runner's words. */
            note?: string;
            /** @description `asked`, `securing`, `agreed` or `refused`. */
            state: string;
        };
        /**
         * Quote
         * @description What the basket costs, and for how long that holds.
         */
        Quote: {
            /** @description Give it back unread to `POST /api/v1/orders`. Nobody can change it. */
            quote_id: string;
            /** @description Where to buy. */
            store: components["schemas"]["Store"] & unknown;
            /** @description Where to bring it. */
            deliver_to: components["schemas"]["DeliverTo"] & unknown;
            /** @description How the prices came about. */
            basis: components["schemas"]["Basis"] & unknown;
            /** @description Whose price list it is, if it is one. */
            vendor_id?: string;
            /** @description What to buy. */
            lines: components["schemas"]["Line"][];
            /**
             * Format: int64
             * @description The lines' sum.
             */
            items_cents: number;
            /**
             * Format: int64
             * @description What the runner earns for the way.
             */
            delivery_fee_cents: number;
            /**
             * Format: int64
             * @description What the runner earns on top.
             */
            tip_cents: number;
            /**
             * Format: int64
             * @description What the platform keeps.
             */
            platform_fee_cents: number;
            /**
             * Format: int64
             * @description What the customer pays: the sum of the four.
             */
            total_cents: number;
            /**
             * Format: int64
             * @description Held on top, because the till may say more than an estimate; whatever is not spent is let go.
             */
            buffer_cents: number;
            /**
             * Format: int64
             * @description What is held on the card: total and buffer.
             */
            hold_cents: number;
            /**
             * Format: int64
             * @description What the runner is paid.
             */
            payout_cents: number;
            /** @description The currency of all of them. */
            currency: components["schemas"]["Currency"] & unknown;
            /**
             * Format: uint32
             * @description The version of the policy that fees and buffer follow from: `GET /api/v1/policy`.
             */
            policy: number;
            /**
             * Format: date-time
             * @description An order asked for after this moment is refused.
             */
            valid_until: string;
        };
        /**
         * Readiness
         * @description It can do its work.
         */
        Readiness: {
            /** @description Always `ready`. */
            status: string;
            /** @description What was looked at. */
            checks: components["schemas"]["Check"][];
        };
        /**
         * Receipt
         * @description An order that is stored, or a request about one that is.
         */
        Receipt: {
            /** @description The order. */
            order_id: string;
            /** @description Where it stands, as far as is known; absent when nobody could tell. */
            status?: components["schemas"]["OrderStatus"] & unknown;
        };
        /**
         * Reconciliation
         * @description One reading of Stripe's balance transactions, and what it came to.
         */
        Reconciliation: {
            /** @description Which. */
            reconciliation_id: string;
            /**
             * Format: date-time
             * @description What moved since then.
             */
            from: string;
            /**
             * Format: date-time
             * @description What moved before then.
             */
            until: string;
            /** @description Who asked for it, in their office (`opr_…`, `fin_…`), or the platform by itself (`sys_…`). */
            asked_by: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            begun_at: string;
            /**
             * Format: date-time
             * @description When the last page was read; absent while it is under way.
             */
            finished_at?: string;
            /**
             * Format: uint32
             * @description Pages that were read.
             */
            pages: number;
            /**
             * Format: uint64
             * @description Balance transactions that were read.
             */
            transactions: number;
            /**
             * Format: uint64
             * @description Of those, the ones that are about no order.
             */
            unknown: number;
            /** @description The first 100 of them. */
            unknown_lines: components["schemas"]["StatementLine"][];
            /**
             * Format: uint64
             * @description Orders whose books differ from Stripe's now: each is a task, until it does not any more.
             */
            differing: number;
        };
        /**
         * Reconciliations
         * @description Some of them.
         */
        Reconciliations: {
            /** @description Newest first. */
            reconciliations: components["schemas"]["Reconciliation"][];
        };
        /**
         * RefundNote
         * @description A refund that somebody asked for in their office.
         */
        RefundNote: {
            /**
             * Format: uint32
             * @description The how manyeth of this order, from 1.
             */
            number: number;
            /**
             * Format: int64
             * @description How much was asked for.
             */
            amount_cents: number;
            /** @description Who was to bear it. */
            bearer: components["schemas"]["Bearer"] & unknown;
            /** @description Why. */
            reason: string;
            /** @description Who asked, in their office: `opr_…` or `fin_…`. */
            by: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
        };
        /**
         * ReportedProblem
         * @description A problem that was reported.
         */
        ReportedProblem: {
            /** @description By whom. */
            by: string;
            /** @description What went wrong. */
            kind: components["schemas"]["ProblemKind"] & unknown;
            /** @description In their own words. */
            text?: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description How it was settled, once it is. */
            resolved?: string;
        };
        /**
         * Reputation
         * @description How others rated somebody.
         */
        Reputation: {
            /**
             * Format: uint32
             * @description How often.
             */
            count: number;
            /**
             * Format: uint32
             * @description The sum of the stars, 1 to 5 each time.
             */
            stars: number;
        };
        /**
         * Reset
         * @description `event: reset`: too much was missed. Read everything anew; what comes from here on is complete.
         */
        Reset: Record<string, never>;
        /**
         * @description What somebody may do.
         * @enum {string}
         */
        RoleName: "customer" | "runner" | "operator" | "finance";
        /**
         * SavedOrder
         * @description A saved basket.
         */
        SavedOrder: {
            /** @description Which. */
            saved_id: string;
            /** @description What it is called. */
            name: string;
            /**
             * Format: date-time
             * @description When it was saved.
             */
            at: string;
            /** @description What it holds. */
            basket: components["schemas"]["NewQuote"] & unknown;
        };
        /**
         * SavedOrders
         * @description All of them.
         */
        SavedOrders: {
            /** @description Newest first. */
            saved_orders: components["schemas"]["SavedOrder"][];
        };
        /**
         * SavedRef
         * @description Which one it became.
         */
        SavedRef: {
            /** @description The same for the same key. */
            saved_id: string;
        };
        /**
         * @description Whose events.
         * @enum {string}
         */
        Scope: "own" | "all";
        /**
         * SetupPage
         * @description Where a card is set up.
         */
        SetupPage: {
            /** @description Send the person here; Stripe sends them back. */
            url: string;
            /**
             * Format: date-time
             * @description Until when the page can be used.
             */
            until: string;
        };
        /**
         * @description On which side of an order.
         * @enum {string}
         */
        Side: "customer" | "runner";
        /**
         * SignIn
         * @description Who to sign in as.
         */
        SignIn: {
            /**
             * @description One of the names that `GET /api/v1/config` lists, or one of a crowd: `customer-0` to `customer-9999`, and likewise
             *     `runner-0`, and customers whose card is declined (`decline-0`), needs 3-D Secure (`secure-0`) or is missing (`broke-0`).
             */
            person: string;
        };
        /**
         * SignedInAs
         * @description A token and whose it is.
         */
        SignedInAs: {
            /** @description Send it in `Authorization: Bearer …`. Good for 12 hours. */
            token: string;
            /** @description Whose it is. */
            user: components["schemas"]["User"] & unknown;
        };
        /**
         * @description What a message is.
         * @enum {string}
         */
        Sort: "intent" | "event";
        /**
         * StaffDeed
         * @description Somebody asked for something in their office.
         */
        StaffDeed: {
            /** @description The intent's own id. */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided on.
             */
            at: string;
            /** @description Who, in their office: `opr_…`, `fin_…`, or `sys_cli` for the command line. */
            by: string;
            /** @description The service that decided. */
            service: string;
            /** @description What: `<owner>.<verb>.v<version>`. */
            what: string;
            /** @description The id that it is about. */
            about: string;
            /** @description Why, as far as it was asked for: the intent's `reason` or `note`. */
            reason?: string;
            /** @description What was decided. */
            verdict: components["schemas"]["StaffVerdict"] & unknown;
            /** @description The refusal's code, or why it was parked. */
            because?: string;
            /** @description What was asked; absent when it is too large to be listed. */
            asked?: unknown;
        };
        /**
         * StaffDeeds
         * @description One page.
         */
        StaffDeeds: {
            /** @description Newest first. */
            actions: components["schemas"]["StaffDeed"][];
            /** @description The services that could not be asked: what was asked of them is not among these. */
            missing: string[];
            /** @description The `cursor` of the next page; absent on the last one. */
            next?: string;
        };
        /**
         * @description What was decided.
         * @enum {string}
         */
        StaffVerdict: "done" | "refused" | "parked";
        /**
         * @description What a balance transaction of Stripe's is about.
         * @enum {string}
         */
        StatementKind: "charge" | "refund" | "refund_failure" | "transfer" | "transfer_reversal" | "dispute" | "dispute_reversal";
        /**
         * StatementLine
         * @description One balance transaction of Stripe's.
         */
        StatementLine: {
            /** @description Stripe's id, `txn_…`. */
            id: string;
            /** @description The object that moved money: `ch_…`, `re_…`, `tr_…`, `trr_…`, `dp_…`. */
            source: string;
            /** @description What it is about. */
            kind: components["schemas"]["StatementKind"] & unknown;
            /**
             * Format: int64
             * @description How much: into the platform's balance when positive, out of it when negative.
             */
            amount_cents: number;
            /**
             * Format: int64
             * @description What Stripe took for itself.
             */
            fee_cents: number;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
        };
        /**
         * @description The steps that a runner takes.
         * @enum {string}
         */
        Step: "PLACED" | "ON_THE_WAY" | "DELIVERED";
        /**
         * Store
         * @description A shop or a stall.
         */
        Store: {
            /** @description What people call it. */
            name: string;
            /** @description Where it is. */
            location: string;
        };
        /** @description The data of one event. */
        StreamData: components["schemas"]["OrderNews"] | components["schemas"]["OfferNews"] | components["schemas"]["NotificationNews"] | components["schemas"]["MoneyNews"] | components["schemas"]["Reset"];
        /**
         * Task
         * @description One thing to do. It is gone as soon as the facts say that it is settled.
         */
        Task: {
            /** @description The order that it is about; absent when a parked message is about none. */
            order_id?: string;
            /** @description The parked message that it is about, for `message_parked` and `message_redriven`. */
            parked_id?: string;
            /**
             * @description Stable: `capture_failed`, `payout_held`, `refund_failed`, `disputed`, `overdue`, `problem_reported`, `hold_lost`,
             *     `books_wrong`, `differs_from_stripe`, `stands_still`, `message_parked`, `message_redriven`, ….
             */
            code: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
            /** @description What is the matter, in one sentence. */
            what: string;
            /** @description What to do about it, in one sentence. */
            todo: string;
        };
        /**
         * Tasks
         * @description What there is to do.
         */
        Tasks: {
            /** @description Oldest first. */
            tasks: components["schemas"]["Task"][];
            /** @description The services that could not be asked: their tasks are not among these. */
            missing: string[];
        };
        /**
         * User
         * @description A person.
         */
        User: {
            /** @description Their id. */
            user_id: string;
            /** @description What to call them. */
            name: string;
            /** @description What they may do. */
            roles: components["schemas"]["RoleName"][];
        };
        /**
         * Vendor
         * @description One who sells.
         */
        Vendor: {
            /** @description Who. */
            vendor_id: string;
            /** @description Where. */
            store: components["schemas"]["Store"] & unknown;
            /** @description Whether they take orders now. */
            open: boolean;
        };
        /**
         * Vendors
         * @description All who sell.
         */
        Vendors: {
            /** @description By name. */
            vendors: components["schemas"]["Vendor"][];
        };
        /**
         * Waits
         * @description How long the gateway waits for others.
         */
        Waits: {
            /**
             * Format: uint64
             * @description What requests that change something wait without `Prefer: wait`, in milliseconds.
             */
            default_ms: number;
            /**
             * Format: uint64
             * @description The longest `Prefer: wait`, in milliseconds.
             */
            max_ms: number;
            /**
             * Format: uint64
             * @description An event stream that says nothing for longer than this is broken, in milliseconds.
             */
            stream_ping_ms: number;
        };
        /**
         * Wallet
         * @description A person's money.
         */
        Wallet: {
            /** @description In what. */
            currency: components["schemas"]["Currency"] & unknown;
            /**
             * Format: int64
             * @description Paid to them for deliveries, tips included, less what was taken back.
             */
            earned_cents: number;
            /**
             * Format: int64
             * @description Taken from the customers of their deliveries, but not yet paid to them.
             */
            waiting_cents: number;
            /**
             * Format: int64
             * @description Taken from their cards for their own orders, less what was given back.
             */
            spent_cents: number;
            /**
             * Format: int64
             * @description Held on their cards now.
             */
            held_cents: number;
            /** @description Whether they have a payout account that can be paid. */
            payable: boolean;
            /** @description Newest order first. */
            lines: components["schemas"]["WalletLine"][];
            /** @description The `cursor` of the next page; absent on the last one. */
            next?: string;
        };
        /**
         * WalletLine
         * @description One line.
         */
        WalletLine: {
            /** @description The order. */
            order_id: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description What. */
            kind: components["schemas"]["MovementKind"] & unknown;
            /**
             * Format: int64
             * @description Positive towards the person, negative from them.
             */
            amount_cents: number;
        };
        /**
         * WholeMessage
         * @description A parked message, whole.
         */
        WholeMessage: {
            /** @description What is known of it. */
            message: components["schemas"]["ParkedMessage"] & unknown;
            /** @description Why it was given up on, the last time, in full; absent when it is not kept any more. */
            reason?: string;
            /** @description The headers that it came with, and those that parking added (`parked-…`). */
            headers: {
                [key: string]: string;
            };
            /** @description Its bytes, if they are text. */
            text?: string;
            /** @description Its bytes in Base64, if they are not. */
            base64?: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Health"];
                };
            };
        };
    };
    readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Readiness"];
                };
            };
            /** @description `not_ready`; see `checks` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    config: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["About"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Policy"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    devSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["SignedInAs"];
                };
            };
            /** @description `malformed_json` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown_person`; `not_found` when the development sign-in is off */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    jwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": unknown;
                };
            };
            /** @description `not_found` when the development sign-in is off */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Me"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: this person is not known yet */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setPreferences: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Preferences"];
            };
        };
        responses: {
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: this person is not known yet */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `role_not_held`; `closed`: this person has left */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listNotifications: {
        parameters: {
            query?: {
                /** @description Only older than this one. */
                before?: string;
                /** @description At most this many; 20 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Notifications"];
                };
            };
            /** @description `invalid_parameter` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readNotifications: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NotificationsSeen"];
            };
        };
        responses: {
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such notification */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listVendors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Vendors"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMenu: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The vendor. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Menu"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    publishMenu: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The vendor. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMenu"];
            };
        };
        responses: {
            /** @description Done: the price list as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Menu"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not an operator; `suspended`; `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `bad_menu`, `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    quote: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewQuote"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Quote"];
                };
            };
            /** @description `malformed_json`, `invalid_parameter` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not a customer */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `empty_basket`, `too_many_items`, `quantity_out_of_range`, `price_out_of_range`, `delivery_fee_out_of_range`, `tip_out_of_range`, `total_out_of_range`, `basis_mixed`, `vendor_unknown`, `vendor_closed`, `item_unknown`, `item_unavailable` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSavedOrders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["SavedOrders"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    saveOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the client, one per saved order; repeat it when repeating the request. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSaved"];
            };
        };
        responses: {
            /** @description Kept. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["SavedRef"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["SavedRef"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `idempotency_key_required`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not a customer; `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_saved` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `vendor_unknown`, `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteSavedOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The saved order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renameSavedOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The saved order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewName"];
            };
        };
        responses: {
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    quoteSavedOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The saved order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Quote"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not a customer */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `empty_basket`, `too_many_items`, `quantity_out_of_range`, `price_out_of_range`, `delivery_fee_out_of_range`, `tip_out_of_range`, `total_out_of_range`, `basis_mixed`, `vendor_unknown`, `vendor_closed`, `item_unknown`, `item_unavailable` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOrders: {
        parameters: {
            query?: {
                /** @description Only those on this side; both when absent. */
                role?: components["schemas"]["Side"];
                /** @description Only those that stand here. */
                status?: components["schemas"]["OrderStatus"];
                /** @description Only those that have this in an item's or the store's name; upper and lower case are the same. */
                q?: string;
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description At most this many; 20 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["OrderPage"];
                };
            };
            /** @description `invalid_parameter`, `bad_cursor` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    placeOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the client, one per order; repeat it when repeating the request. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the payment. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrder"];
            };
        };
        responses: {
            /** @description Stored. The same key has the same answer, however often it is sent. */
            202: {
                headers: {
                    LOCATION: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `idempotency_key_required`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not a customer; `not_your_quote`, `not_a_person` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `quote_expired`, or a rule's own code */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `bad_quote`, `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Cancel"];
            };
        };
        responses: {
            /** @description Done: the order as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_your_order`, `not_allowed`, to those who may see the order */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `runner_has_it`, `already_delivered`, `closed`; `GET /api/v1/policy` has the whole table */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    proposeChange: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeProposal"];
            };
        };
        responses: {
            /** @description Done: the order as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_the_runner`, `not_allowed`, to those who may see the order */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong_step`, `change_pending`, `not_this_basis` for what is from a price list, `closed` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `receipt_out_of_range`, `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    answerChange: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeAnswer"];
            };
        };
        responses: {
            /** @description Done: the order as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_your_order`, `not_allowed`, to those who may see the order */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_change_asked`, `too_late`, `closed` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirmDelivery: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done: the order as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_your_order`, `not_allowed`, to those who may see the order */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong_step`, `already_delivered`, `closed` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reportProblem: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProblem"];
            };
        };
        responses: {
            /** @description Done: the order as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, to those who may see the order */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_reported`, `too_late`, `closed` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rateOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRating"];
            };
        };
        responses: {
            /** @description Done: the order as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, to those who may see the order */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_delivered`, `already_rated`, `too_late`, `closed` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `stars_out_of_range`, `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tipOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTip"];
            };
        };
        responses: {
            /** @description Done: the order as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_your_order`, `not_allowed`, to those who may see the order */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_delivered`, `already_tipped`, `too_late`, `closed` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `tip_out_of_range`, `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOffers: {
        parameters: {
            query?: {
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description At most this many; 20 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["OfferPage"];
                };
            };
            /** @description `invalid_parameter`, `bad_cursor` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not a runner */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acceptOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done: the order as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not a runner; `not_a_person` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `own_order`, `already_taken`, `not_on_offer`, `past_deadline`, `closed`; when the runner may not deliver: `no_payout_account`, `not_a_runner`, `unknown_runner`, `suspended`, or `claim_lost` on a late repeat */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    advanceOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Advance"];
            };
        };
        responses: {
            /** @description Done: the order as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_the_runner`, `not_allowed`, to those who may see the order */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong_step`, `pin_required`, `wrong_pin`, `pin_locked` after five wrong ones, `receipt_required`, `change_pending`, `closed` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `receipt_out_of_range`, `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdrawOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done: the order as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_the_runner`, `not_allowed`, to those who may see the order */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong_step`, `already_bought`, `already_delivered`, `closed` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reportArrival: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done: the order as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_the_runner`, `not_allowed`, to those who may see the order */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong_step`, `already_delivered`, `closed` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPaymentMethods: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["PaymentMethods"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setUpPaymentMethod: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the page. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page is there. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["SetupPage"];
                };
            };
            /** @description Stored, but Stripe takes longer than the time to wait. Ask for another page in a while. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not a customer; `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removePaymentMethod: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The card. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_such_card`, also for somebody else's; `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    choosePaymentMethod: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The card. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_such_card`, also for somebody else's; `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPayoutAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["PayoutAccount"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openPayoutAccount: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the page. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page is there. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["OnboardingPage"];
                };
            };
            /** @description Stored, but Stripe takes longer than the time to wait. Ask for another page in a while. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not a runner; `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["OrderReceipt"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getWallet: {
        parameters: {
            query?: {
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description The lines of at most this many orders; 20 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Wallet"];
                };
            };
            /** @description `invalid_parameter`, `bad_cursor` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Dashboard"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stream: {
        parameters: {
            query?: {
                /** @description `all`, for operators and finance: the events of everybody's orders. */
                scope?: components["schemas"]["Scope"];
            };
            header?: {
                /** @description The `id` of the last event that was seen; what came after it is sent first. */
                "Last-Event-ID"?: number;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events, each with its place in the log as `id`; a comment every 15 seconds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["StreamData"][];
                };
            };
            /** @description `invalid_parameter` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: everybody's orders are for operators and finance */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsCancelOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OfficeNote"];
            };
        };
        responses: {
            /** @description Done: the order as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not an operator; `suspended`; `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_completed`: refund it instead */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsResolveProblem: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OfficeNote"];
            };
        };
        responses: {
            /** @description Done: the order as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Order"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Receipt"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not an operator; `suspended`; `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_such_problem` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsRefundOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for Stripe. */
                Prefer?: string;
            };
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRefund"];
            };
        };
        responses: {
            /** @description Stripe has it: the order's money as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["OrderMoneyMovements"];
                };
            };
            /** @description Stored, but Stripe takes longer than the time to wait: the order's money as it was a moment ago. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["OrderMoneyMovements"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: neither operator nor finance; `suspended`; `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, also for what the caller has no part in */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `nothing_to_refund`, `refund_too_large`, `already_refunded`, `being_refunded`, `disputed`; `refund_failed`: Stripe could not do it, and it is a task now */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsAuditOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Audit"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: neither operator nor finance */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsAudit: {
        parameters: {
            query?: {
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description At most this many orders; 100 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["AuditSummary"];
                };
            };
            /** @description `invalid_parameter`, `bad_cursor` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: neither operator nor finance */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsReconciliations: {
        parameters: {
            query?: {
                /** @description At most this many; 20 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Reconciliations"];
                };
            };
            /** @description `invalid_parameter` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: neither operator nor finance */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsReconcile: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait until it has begun. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewReconciliation"];
            };
        };
        responses: {
            /** @description Stripe's statement is being read. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["BegunReconciliation"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: neither operator nor finance; `suspended`; `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsReconciliation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The reconciliation. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Reconciliation"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: neither operator nor finance */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsOrderLog: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Chronicle"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: neither operator nor finance */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: this is no id */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsTasks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Tasks"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: neither operator nor finance */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsListParked: {
        parameters: {
            query?: {
                /** @description Which ones; `open` when absent. */
                state?: components["schemas"]["ParkedFilter"];
                /** @description Only those that this service gave up on. */
                service?: string;
                /** @description Only those that this reaction gave up on. */
                reaction?: string;
                /** @description Only those about this order. */
                order_id?: string;
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description At most this many; 20 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["ParkedPage"];
                };
            };
            /** @description `invalid_parameter`, `bad_cursor` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not an operator */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsGetParked: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The parked message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["WholeMessage"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not an operator; `suspended` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsRedriveParked: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The parked message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ParkedNote"];
            };
        };
        responses: {
            /** @description Done: the message as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["ParkedMessage"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not an operator; `suspended`; `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_redriven`: it has not come back yet; `already_settled`: it has been handled; `already_discarded`; `payload_left_out`: it is not kept whole */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsDiscardParked: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The parked message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ParkedNote"];
            };
        };
        responses: {
            /** @description Done: the message as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["ParkedMessage"];
                };
            };
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not an operator; `suspended`; `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_redriven`: it has not come back yet; `already_settled`: it has been handled; `already_discarded`; `payload_left_out`: it is not kept whole */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsRedriveManyParked: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdicts. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ParkedBulk"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["ParkedResults"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not an operator; `suspended` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsDiscardManyParked: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdicts. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ParkedBulk"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["ParkedResults"];
                };
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not an operator; `suspended` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsAuditLog: {
        parameters: {
            query?: {
                /** @description Only by this principal: `opr_…`, `fin_…`, `sys_cli`. */
                by?: string;
                /** @description Only this: `orders.cancel.v1`. */
                what?: string;
                /** @description Only about this id: `ord_…`, `usr_…`, `rep_…`. */
                about?: string;
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description At most this many; 20 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["StaffDeeds"];
                };
            };
            /** @description `invalid_parameter`, `bad_cursor` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: neither operator nor finance */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away` */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsSuspendUser: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The person. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSuspension"];
            };
        };
        responses: {
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not an operator; `suspended`; `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: nobody knows this person */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `closed`: this person has left */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    opsReinstateUser: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating the request safe. */
                "Idempotency-Key": string;
                /** @description `wait=N`: seconds to wait for the verdict. */
                Prefer?: string;
            };
            path: {
                /** @description The person. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stored, but not decided within the time to wait. It will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated` */
            401: {
                headers: {
                    /** @description How to sign in. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: not an operator; `suspended`; `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: nobody knows this person */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `closed`: this person has left */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_field` (see `pointer`), `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`; `Retry-After` says when it is worth trying again */
            429: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`, `parked` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`, `keys_away`: repeat with the same key */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stripeWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description `t=…,v1=…`: when it was signed, and the signatures. */
                "Stripe-Signature"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Stored, or nothing that matters here. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_signature`; `stale_webhook`: signed too long ago; `bad_event`: not as Stripe documents it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`, `service_away`: deliver it again */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    clerkWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Svix's id of the message; the same at every delivery. */
                "svix-id"?: string;
                /** @description When this delivery was signed; seconds since 1970. */
                "svix-timestamp"?: string;
                /** @description The signatures, separated by blanks: `v1,…`. */
                "svix-signature"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Stored. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nothing that matters here. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_signature`; `stale_webhook`: signed more than five minutes ago; `bad_event`: not as Clerk documents it; `invalid_parameter` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` when no secret is shared with Clerk */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `broker_away`: deliver it again */
            503: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
