/* SPDX-License-Identifier: ISC */
/*
 * answers: what answers each request.  Each in the file of its group.
 */
#ifndef BOX_ANSWERS_H
#define BOX_ANSWERS_H

#include "call.h"

enum call_result answer_advanced_settings(struct call *c);
enum call_result answer_advanced_settings_modify(struct call *c);
enum call_result answer_global_settings(struct call *c);
enum call_result answer_global_settings_modify(struct call *c);
enum call_result answer_group_info(struct call *c);
enum call_result answer_group_modify(struct call *c);
enum call_result answer_group_settings(struct call *c);
enum call_result answer_group_settings_modify(struct call *c);
enum call_result answer_log(struct call *c);
enum call_result answer_login(struct call *c);
enum call_result answer_ping(struct call *c);
enum call_result answer_poller_info(struct call *c);
enum call_result answer_poller_info_modify(struct call *c);
enum call_result answer_poller_modify(struct call *c);
enum call_result answer_poller_subnet_list(struct call *c);
enum call_result answer_poller_subnet_list_modify(struct call *c);
enum call_result answer_product_id(struct call *c);
enum call_result answer_realm_advanced_settings(struct call *c);
enum call_result answer_realm_advanced_settings_modify(struct call *c);
enum call_result answer_realm_device_assign(struct call *c);
enum call_result answer_realm_device_assignment_list(struct call *c);
enum call_result answer_realm_discover(struct call *c);
enum call_result answer_realm_info(struct call *c);
enum call_result answer_realm_info_modify(struct call *c);
enum call_result answer_realm_modify(struct call *c);
enum call_result answer_realm_poll(struct call *c);
enum call_result answer_realm_query(struct call *c);
enum call_result answer_realm_seed_list(struct call *c);
enum call_result answer_realm_seed_list_modify(struct call *c);
enum call_result answer_realm_snmp_credential_list(struct call *c);
enum call_result answer_realm_snmp_credential_list_modify(struct call *c);
enum call_result answer_realm_sync(struct call *c);
enum call_result answer_realm_view(struct call *c);
enum call_result answer_remote_backup(struct call *c);
enum call_result answer_report_info(struct call *c);
enum call_result answer_security_authentication_method_list(struct call *c);
enum call_result answer_security_authentication_modify(struct call *c);
enum call_result answer_security_certificate_assign(struct call *c);
enum call_result answer_security_certificate_assignment_list(struct call *c);
enum call_result answer_security_certificate_list(struct call *c);
enum call_result answer_security_certificate_list_modify(struct call *c);
enum call_result answer_security_misc_settings(struct call *c);
enum call_result answer_security_misc_settings_modify(struct call *c);
enum call_result answer_set_license(struct call *c);
enum call_result answer_start_tls(struct call *c);
enum call_result answer_subscribe(struct call *c);
enum call_result answer_switch_poll(struct call *c);
enum call_result answer_unsubscribe(struct call *c);
enum call_result answer_user_view_info(struct call *c);

#endif
